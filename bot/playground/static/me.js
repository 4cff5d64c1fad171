/**
 * Whose page this is: one of the playground's people. It is part of the page's address, so that reloading
 * keeps it, and so that each tab can be somebody else's.
 */

const KEY = "person";

/** @returns {string} the id of the person in the address; empty for whom the server takes by itself */
export function personId() {
  const id = new URLSearchParams(location.search).get(KEY) ?? "";
  return /^\d+$/.test(id) ? id : "";
}

/** @param {string} id of a person; empty for whom the server takes by itself */
export function becomePerson(id) {
  const url = new URL(location.href);
  if (id) url.searchParams.set(KEY, id);
  else url.searchParams.delete(KEY);
  history.replaceState(history.state, "", url);
}

/**
 * Ask for an address as the person whose page this is.
 * @param {string} path
 * @returns {string}
 */
export const asPerson = (path) => (personId() ? `${path}?${KEY}=${personId()}` : path);
