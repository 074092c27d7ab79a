// Which argument is which: analytics.js's calls may leave out any but the first.
import { isFunction, isObject, isString } from "./browser.js";

export const ofTrack = ([event, properties, options]) => {
  if (isObject(event)) {
    options = properties;
    ({ event, properties } = event);
  }
  if (!event || !isString(event)) throw new Error("Event missing");
  return [{ event, properties: isObject(properties) ? properties : {} }, options];
};

// One string is the name, two are category and name; one object is the properties, two the options too.
export const ofView = (args) => {
  const strings = args.filter(isString);
  const objects = args.filter(isObject);
  const [category, name] = strings[1] ? strings : [, strings[0]];
  if (!objects[1] && isObject(args[3])) objects.unshift({});
  return [{ category, name, properties: { ...objects[0] } }, objects[1]];
};

export const ofSubject = ([id, ...rest]) => {
  const isId = isString(id) || typeof id == "number";
  if (!isId && id != null) rest.unshift(id);
  const end = rest.findIndex(isFunction);
  const [traits, options] = (end < 0 ? rest : rest.slice(0, end)).map((each) => (isObject(each) ? each : {}));
  return [isId ? `${id}` : null, traits, options];
};

export const ofAlias = (args) => [
  args.map((each) => (typeof each == "number" ? `${each}` : each)).filter(isString),
  args.find(isObject),
];
