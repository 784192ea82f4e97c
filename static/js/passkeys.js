// Lets a browser make or use a passkey: fetches what it shall sign, and sends the answer back.
// Without scripts or passkeys the form stays hidden, and the app's code beside it does as well.
(() => {
    const bytes = (text) => {
        const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
        return Uint8Array.from(plain, (char) => char.charCodeAt(0));
    };

    const text = (buffer) => {
        const plain = String.fromCharCode(...new Uint8Array(buffer));
        return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    };

    const described = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

    // What the server writes as text, browsers want as bytes.
    const readable = (options) => {
        const read = { ...options, challenge: bytes(options.challenge) };
        if (options.user) read.user = { ...options.user, id: bytes(options.user.id) };
        if (options.excludeCredentials) read.excludeCredentials = described(options.excludeCredentials);
        if (options.allowCredentials) read.allowCredentials = described(options.allowCredentials);
        return read;
    };

    const written = (credential) => {
        const { response } = credential;
        const sent = {};
        for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
            if (response[name]) sent[name] = text(response[name]);
        }
        if (response.getTransports) sent.transports = response.getTransports();
        return {
            id: credential.id,
            rawId: text(credential.rawId),
            type: credential.type,
            response: sent,
            clientExtensionResults: credential.getClientExtensionResults(),
            authenticatorAttachment: credential.authenticatorAttachment,
        };
    };

    const ask = async (form, body) => {
        const answer = await fetch(form.dataset.address, {
            method: "POST",
            headers: {
                "Content-Type": "application/json",
                "X-CSRFToken": form.elements.csrfmiddlewaretoken.value,
            },
            body,
        });
        if (answer.ok) return answer.json();
        const { error } = await answer.json().catch(() => ({}));
        throw Object.assign(new Error(`${answer.status}`), { words: error });
    };

    const run = async (form) => {
        const options = readable(await ask(form));
        const credential = await navigator.credentials[form.dataset.passkey]({ publicKey: options });
        const { next } = await ask(form, JSON.stringify(written(credential)));
        window.location.assign(next);
    };

    for (const form of document.querySelectorAll("[data-passkey]")) {
        form.hidden = !window.PublicKeyCredential;
        form.addEventListener("submit", async (event) => {
            event.preventDefault();
            const button = form.querySelector("button");
            const failed = form.querySelector("[data-failed]");
            failed.dataset.failed ||= failed.textContent;
            button.disabled = true;
            failed.hidden = true;
            try {
                await run(form);
            } catch ({ words }) {
                failed.textContent = words || failed.dataset.failed;
                failed.hidden = false;
            }
            button.disabled = false;
        });
    }
})();
