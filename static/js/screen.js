// The screen in a hall asks for itself anew; while nothing answers it keeps what it shows.
const seconds = Number(document.body.dataset.renew);
setInterval(async () => {
  try {
    const answer = await fetch(location.href, { cache: "no-cache" });
    if (answer.ok) location.reload();
  } catch {
    // no network: the next turn tries again
  }
}, seconds * 1000);
