/** The names that mentions in a text stand for. */

/**
 * @param {import("./world.js").World} world
 * @returns {import("./markdown.js").Names}
 */
export const namesIn = (world) => ({
  person: (id) => world.people.get(id)?.name,
  channel: (id) => world.channels.get(id)?.name,
  role: (id) => world.roles.find((role) => role.id === id)?.name,
});
