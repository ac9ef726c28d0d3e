// Renews the live parts of the page every few seconds, unless somebody is busy in one of them.
setInterval(async () => {
  const parts = [...document.querySelectorAll('[data-live]')];
  if (document.hidden || parts.length === 0) return;
  try {
    const answer = await fetch('/', { headers: { 'x-refresh': '1' } });
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const part of parts) {
      const newer = fresh.getElementById(part.id);
      if (newer && !part.contains(document.activeElement) && newer.innerHTML !== part.innerHTML) {
        part.replaceChildren(...newer.childNodes);
      }
    }
  } catch {
    // The stand-ins have stopped; the page stays as it is.
  }
}, 3000);
