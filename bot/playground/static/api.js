/** Sending messages to the playground's server. What goes wrong is an Error with a sentence for a person. */

/**
 * Send text and files.
 * @param {string} channelId
 * @param {string} content
 * @param {File[]} files
 * @returns {Promise<import("./world.js").Message>}
 */
export function sendMessage(channelId, content, files) {
  const form = new FormData();
  form.append("content", content);
  for (const file of files) form.append("files", file, file.name);
  return post(`/playground/channels/${channelId}/messages`, { body: form });
}

/**
 * Send a recording, which the server turns into what Discord delivers as a voice message.
 * @param {string} channelId
 * @param {Blob} wav
 * @returns {Promise<import("./world.js").Message>}
 */
export function sendVoice(channelId, wav) {
  const headers = { "Content-Type": "audio/wav" };
  return post(`/playground/channels/${channelId}/voice`, { body: wav, headers });
}

async function post(path, request) {
  let response;
  try {
    response = await fetch(path, { method: "POST", ...request });
  } catch (error) {
    throw new Error("The playground could not be reached: see that it still runs, then send again.", { cause: error });
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(answer.error ?? `The playground could not take that (it answered ${response.status}): try again.`);
  }
  return answer;
}
