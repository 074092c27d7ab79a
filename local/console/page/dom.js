// Elements made of names, attributes and children. Text stays text: nothing here makes markup of a string.
const SVG = "http://www.w3.org/2000/svg";

function made(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const h = (name, attributes, ...children) => made(document.createElement(name), attributes, children);
export const s = (name, attributes, ...children) => made(document.createElementNS(SVG, name), attributes, children);

// A client's own word: isolated, so that one that runs from right to left turns nothing else around.
export const word = (text, attributes) => h("bdi", attributes, text);

const announcer = document.getElementById("announcer");
let saying = null;
let said = [];

// Speak politely and seldom: what came within two seconds is one sentence.
export function say(sentence) {
  said.push(sentence);
  saying ??= setTimeout(() => {
    announcer.textContent = said.slice(-3).join(" ");
    said = [];
    saying = null;
  }, 1200);
}
