// Offers the page in the language of the browser, or in the one that was chosen here before. It
// leads nobody there by itself: an address has one language.
(() => {
    const nav = document.querySelector("[data-languages]");
    const links = [...nav.querySelectorAll("a[hreflang]")];
    const shown = document.documentElement.lang;
    const chosen = document.cookie.match(/(?:^|; )language=([a-z-]+)/)?.[1];

    function remember(language) {
        const secure = location.protocol === "https:" ? "; Secure" : "";
        document.cookie = `language=${language}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    }

    function known(wanted) {
        const base = wanted.toLowerCase().split("-")[0];
        return links.find((link) => link.hreflang.split("-")[0] === base);
    }

    for (const link of links) link.addEventListener("click", () => remember(link.hreflang));

    const wanted = chosen ? [chosen] : navigator.languages;
    const link = wanted.map(known).find(Boolean);
    if (!link || link.hreflang === shown) return;

    const offer = document.createElement("p");
    offer.className = "notice language-offer";
    const words = document.createElement("span");
    words.lang = link.hreflang;
    words.append(link.dataset.offer, " ");
    const there = link.cloneNode(true);
    there.addEventListener("click", () => remember(link.hreflang));
    words.append(there);
    const close = document.createElement("button");
    close.type = "button";
    close.className = "language-offer__close";
    close.ariaLabel = nav.dataset.close;
    close.textContent = "×";
    close.addEventListener("click", () => {
        remember(shown);
        offer.remove();
    });
    offer.append(words, close);
    document.querySelector("main").prepend(offer);
})();
