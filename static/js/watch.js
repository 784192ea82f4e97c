// Follows a thing that is in somebody else's bag: fetches the page again from time to time
// and puts its block with state and button in the place of the old one when it has changed.
(() => {
    const SECOND = 1000;
    const ASK_EVERY = 20 * SECOND;

    const news = document.createElement("p");
    let block = document.querySelector("[data-watch]");
    let text = block.textContent;
    let askedAt = Date.now();

    // The server leaves out the fraction of a second.
    const holdEnd = () => askedAt + (Number(block.dataset.secondsLeft) + 1) * SECOND;

    news.className = "visually-hidden";
    news.setAttribute("role", "status");
    block.before(news);

    // What is typed and where the focus is must survive.
    const carryOver = (fresh) => {
        for (const field of block.querySelectorAll("input:not([type=hidden]), select")) {
            const same = fresh.querySelector(`[name="${field.name}"]`);
            if (!same) continue;
            same.value = field.value;
            if (same.selectedIndex === -1) same.selectedIndex = 0;
        }
        if (!block.contains(document.activeElement)) return null;
        const { id } = document.activeElement;
        return (id && fresh.querySelector(`#${CSS.escape(id)}`)) || fresh;
    };

    const put = (fresh) => {
        const focused = carryOver(fresh);
        const isNews = fresh.dataset.news !== block.dataset.news;
        fresh.tabIndex = -1;
        block.replaceWith(fresh);
        block = fresh;
        text = fresh.textContent;
        focused?.focus();
        if (!isNews) return;
        news.textContent = fresh.dataset.news;
        news.className = fresh.dataset.news ? "notice" : "visually-hidden";
    };

    const ask = async () => {
        askedAt = Date.now();
        const response = await fetch(location.href).catch(() => null);
        if (!response?.ok) return;
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const fresh = page.querySelector(".item__buy");
        if (!fresh) return;
        block.dataset.secondsLeft = fresh.dataset.secondsLeft;
        if (fresh.textContent !== text) put(document.adoptNode(fresh));
        if (!("watch" in block.dataset)) clearInterval(timer);
    };

    const tick = () => {
        const due = Math.min(holdEnd(), askedAt + ASK_EVERY);
        if (!document.hidden && Date.now() >= due) ask();
    };

    const timer = setInterval(tick, SECOND);
    document.addEventListener("visibilitychange", tick);
})();
