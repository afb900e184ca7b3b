// The page's calls of the trial.

async function answer(response) {
  if (!response.ok) return { error: await response.text() };
  return response.json();
}

export const seen = async (me) => answer(await fetch(`api/seen?as=${me}`));
export const wire = async () => answer(await fetch("api/wire"));

export async function act(me, said) {
  try {
    const body = JSON.stringify(said);
    return await answer(await fetch(`api/act?as=${me}`, { method: "POST", body }));
  } catch {
    return { error: "offline" };
  }
}

export async function drop(me, files, fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
  for (const file of files) form.append("file", file, file.name);
  return answer(await fetch(`api/drop?as=${me}`, { method: "POST", body: form }));
}

export function news(me, told, lost) {
  const stream = new EventSource(`api/news?as=${me}`);
  stream.onmessage = told;
  stream.onerror = lost;
  return stream;
}
