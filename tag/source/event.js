// One call as Segment's message: who, where, when, and what the caller says on top.
import { bare, isObject, mapped, newId } from "./browser.js";
import { preferences } from "./choice.js";
import { user } from "./identity.js";
import { campaignOf, pageOf } from "./page.js";
import { settings } from "./settings.js";

export const contextOf = (page) => {
  const categoryPreferences = preferences();
  return {
    page,
    campaign: campaignOf(page.search),
    userAgent: navigator.userAgent,
    userAgentData: navigator.userAgentData,
    locale: navigator.language,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    library: { name: "headwater.js", version: VERSION },
    consent: categoryPreferences && { categoryPreferences },
  };
};

export const eventOf = (type, fields, options, buffered) => {
  const {
    integrations,
    context,
    userId,
    anonymousId,
    timestamp = new Date(),
    messageId = `hw-${Date.now()}-${newId()}`,
    ...extra
  } = bare(isObject(options) && options);
  let page = pageOf(buffered);
  if (type == "page") {
    const { category, name, properties } = fields;
    fields.properties = {
      ...page,
      ...(category && { category }),
      ...properties,
      ...(name && { name }),
    };
    page = mapped(page, (_, key) => fields.properties[key]);
  }
  const known = contextOf({ ...page, ...context?.page });
  return {
    timestamp,
    type,
    anonymousId: user.anonymousId(anonymousId),
    userId: user.id() ?? userId,
    messageId,
    integrations: { ...mapped(settings.integrations, Boolean), ...integrations },
    ...fields,
    context: { ...known, ...extra, ...context, page: known.page },
  };
};
