// The screen in a hall asks for itself anew; while nothing answers it keeps what it shows.
const links = (page) => [...page.querySelectorAll("link, script")].map((one) => one.outerHTML).join();

const renew = async () => {
  try {
    const answer = await fetch(location.href, { cache: "no-cache" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    // A new version of the software brings other styles: then all of it is loaded again.
    if (links(fresh) !== links(document)) location.reload();
    else document.body.replaceChildren(...fresh.body.childNodes);
  } catch {
    // no network: the next turn tries again
  }
};

setInterval(renew, Number(document.body.dataset.renew) * 1000);
