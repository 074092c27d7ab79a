// What a call knows of its page, in the terms of Segment's `context.page` and `context.campaign`.
import { ofDocument } from "./browser.js";
import { mayShare } from "./choice.js";

// https://segment.com/docs/connections/spec/common: a campaign's name is `utm_campaign`.
const CAMPAIGN = /^utm_(source|medium|campaign|term|content|id)$/;
const CLICK_IDS =
  /([?&])(?:\w*clk?id|[gw]braid|li_fat_id|sccid|rdt_cid|epik)=[^&#]*&?/gi;

// The page in the form in which Segment's snippet buffers it with a call.
export const pageNow = () => ({
  __t: "bpc",
  c: ofDocument("querySelector")
    .call(document, "link[rel=canonical]")
    ?.getAttribute("href"),
  p: location.pathname,
  u: location.href,
  s: location.search,
  t: ofDocument("title"),
  r: ofDocument("referrer"),
});

// Ad networks' click ids leave the page only while nobody has said no to sharing.
const shared = (address) =>
  mayShare() ? address : address.replace(CLICK_IDS, "$1").replace(/[?&](?=#|$)/, "");

export const pageOf = ({ c, p, u, s, t, r }) => {
  try {
    p = new URL(c || p, location.origin).pathname;
  } catch {}
  return {
    path: p,
    referrer: shared(r),
    search: shared(s),
    title: t,
    url: shared(c ? (c.includes("?") ? c : c + s) : u.split("#")[0]),
  };
};

export const campaignOf = (search) => {
  let campaign;
  new URLSearchParams(search).forEach((value, name) => {
    const known = CAMPAIGN.exec(name)?.[1];
    if (known) (campaign ??= {})[known == "campaign" ? "name" : known] = value;
  });
  return campaign;
};
