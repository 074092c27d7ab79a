// What stands in for the tag until it is there: calls wait in the form of Segment's snippet, with their page.
((window, name) => {
  const queue = Array.isArray(window[name]) ? window[name] : (window[name] = []);
  if (queue.load) return;
  const methods =
    "track page screen identify group alias load reset ready on once off setAnonymousId debug trackLink trackForm trackClick trackSubmit addSourceMiddleware consent optOut optIn";
  methods.split(" ").forEach((method, place) => {
    queue[method] = (...args) => {
      // Whoever kept this queue under another name reaches the tag through it.
      if (window[name] != queue) return window[name][method](...args);
      const call = [method, ...args];
      if (place < 6)
        call.push({
          __t: "bpc",
          c: document.querySelector("link[rel=canonical]")?.getAttribute("href"),
          p: location.pathname,
          u: location.href,
          s: location.search,
          t: document.title,
          r: document.referrer,
        });
      queue.push(call);
      return new Promise((done) => {
        call.done = done;
      });
    };
  });
})(window, "analytics");
