// Photos in a form: shows them, lets single ones be taken out again, makes large ones smaller
// before they are sent, and says how far the sending is. Without it the form works as well.
(() => {
    const LONGEST_SIDE = 2560;
    const PREVIEW_SIDE = 320;
    const QUALITY = 0.85;

    const element = (tag, properties, ...children) => {
        const made = Object.assign(document.createElement(tag), properties);
        made.append(...children);
        return made;
    };

    // The picture on white, since JPEG knows no transparency. A canvas needs no address of the
    // kind that our security policy would have to allow.
    const drawn = (bitmap, longest) => {
        const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
        const canvas = element("canvas", {
            width: Math.max(1, Math.round(bitmap.width * scale)),
            height: Math.max(1, Math.round(bitmap.height * scale)),
        });
        const pen = canvas.getContext("2d");
        pen.fillStyle = "white";
        pen.fillRect(0, 0, canvas.width, canvas.height);
        pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
        return canvas;
    };

    const smaller = async (file, bitmap) => {
        if (Math.max(bitmap.width, bitmap.height) <= LONGEST_SIDE) return file;
        const canvas = drawn(bitmap, LONGEST_SIDE);
        const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
        if (!blob || blob.size >= file.size) return file;
        return new File([blob], file.name, { type: blob.type });
    };

    // What cannot be decoded here is sent as it is: the server says why it is not taken.
    const look = async (photo) => {
        try {
            const bitmap = await createImageBitmap(photo.file, { imageOrientation: "from-image" });
            photo.place.prepend(drawn(bitmap, PREVIEW_SIDE));
            photo.sent = await smaller(photo.file, bitmap);
            bitmap.close();
        } catch {
            photo.place.classList.add("chosen__photo--unseen");
        }
    };

    class Chooser {
        constructor(form, input) {
            this.form = form;
            this.input = input;
            this.words = input.dataset;
            this.photos = [];
            // Photos are decoded one after the other, for phones with little memory.
            this.looking = Promise.resolve();
            this.isSending = false;
            this.list = element("ul", { className: "chosen" });
            this.bar = element("progress", { max: 100, value: 0, hidden: true });
            this.bar.setAttribute("aria-label", this.words.progress);
            this.news = element("p", { className: "chosen__news" });
            this.news.setAttribute("role", "status");
            input.after(this.list);
            if (this.words.camera) input.after(this.camera());
            form.append(this.bar, this.news);
            input.addEventListener("change", () => this.add([...input.files]));
            form.addEventListener("submit", (event) => this.submit(event));
            // On a slow line photos may have been chosen before this script had come.
            if (input.files.length) this.add([...input.files]);
        }

        // A camera takes one photo at a time: each joins those that are chosen.
        camera() {
            const eye = element("input", { type: "file", accept: "image/*", capture: "environment" });
            const label = element("label", { className: "chosen__camera" }, this.words.camera, eye);
            eye.addEventListener("change", () => {
                this.add([...eye.files]);
                eye.value = "";
            });
            return label;
        }

        say(text) {
            if (this.news.textContent !== text) this.news.textContent = text;
        }

        add(files) {
            const room = Number(this.words.most) - this.photos.length;
            this.say(files.length > room ? this.words.tooMany : "");
            for (const file of files.slice(0, room)) {
                const button = element("button", {
                    type: "button",
                    className: "link-button",
                    textContent: this.words.remove,
                });
                button.setAttribute("aria-label", `${this.words.remove}: ${file.name}`);
                const name = element("span", { className: "chosen__name", textContent: file.name });
                const place = element("li", { className: "chosen__photo" }, name, button);
                const photo = { file, sent: file, place };
                button.addEventListener("click", () => this.remove(photo));
                this.photos.push(photo);
                this.list.append(place);
                this.looking = this.looking.then(() => look(photo));
            }
            this.keep();
        }

        remove(photo) {
            this.photos = this.photos.filter((other) => other !== photo);
            photo.place.remove();
            this.keep();
            this.say("");
            this.input.focus();
        }

        // What the browser itself would send.
        keep() {
            const all = new DataTransfer();
            for (const photo of this.photos) all.items.add(photo.file);
            this.input.files = all.files;
        }

        async submit(event) {
            if (this.isSending) event.preventDefault();
            if (this.isSending || !this.photos.length) return;
            event.preventDefault();
            this.isSending = true;
            const buttons = [...this.form.querySelectorAll("button, input[type=submit]")];
            const data = new FormData(this.form);
            if (event.submitter?.name) data.append(event.submitter.name, event.submitter.value);
            for (const button of buttons) button.disabled = true;
            this.say(this.words.preparing);
            await this.looking;
            data.delete(this.input.name);
            for (const photo of this.photos) data.append(this.input.name, photo.sent, photo.file.name);
            const page = await this.send(data);
            this.isSending = false;
            this.bar.hidden = true;
            for (const button of buttons) button.disabled = false;
            if (!page || !this.show(page)) this.say(this.words.failed);
        }

        // The answer, or nothing when the way to the shop was cut.
        send(data) {
            const request = new XMLHttpRequest();
            this.bar.hidden = false;
            this.bar.value = 0;
            return new Promise((done) => {
                request.upload.addEventListener("progress", ({ loaded, total }) => {
                    this.bar.value = Math.floor((100 * loaded) / total);
                    // Each step is read out loud to whoever does not see the bar.
                    const step = 25 * Math.floor(this.bar.value / 25);
                    this.say(step < 100 ? `${this.words.sending} ${step} %` : this.words.waiting);
                });
                request.addEventListener("load", () => done(request));
                request.addEventListener("error", () => done(null));
                request.addEventListener("abort", () => done(null));
                request.open("POST", this.form.action);
                request.send(data);
            });
        }

        // When somebody has logged in in another tab meanwhile, this page's key opens nothing any
        // more. The answer brings the new one; text and photos are still here, to be sent again.
        renew(page) {
            const key = page.querySelector("[name=csrfmiddlewaretoken]");
            if (key) this.form.elements.csrfmiddlewaretoken.value = key.value;
        }

        // Put the answer in the place of this page. To load it again would lose its messages.
        show(request) {
            const page = new DOMParser().parseFromString(request.responseText, "text/html");
            const fresh = page.querySelector("main");
            if (request.status >= 400 || !fresh) {
                this.renew(page);
                return false;
            }
            const ours = new Set([...document.styleSheets].map((sheet) => sheet.href));
            const styles = [...page.querySelectorAll("link[rel=stylesheet]")];
            const moved = request.responseURL !== this.form.action;
            if (moved && !styles.every((style) => ours.has(style.href))) {
                location.assign(request.responseURL);
                return true;
            }
            if (moved) history.pushState(null, "", request.responseURL);
            document.title = page.title;
            const [path, crumbs] = [document, page].map((where) => where.querySelector(".breadcrumbs"));
            if (path && crumbs) path.replaceWith(document.adoptNode(crumbs));
            document.querySelector("main").replaceWith(document.adoptNode(fresh));
            const choosers = start();
            if (!moved) choosers[0]?.add(this.photos.map((photo) => photo.file));
            scrollTo(0, 0);
            fresh.focus({ preventScroll: true });
            return true;
        }
    }

    const start = () =>
        [...document.querySelectorAll("form[data-photos]")].flatMap((form) => {
            const input = form.querySelector("input[type=file][data-most]");
            return input ? [new Chooser(form, input)] : [];
        });

    if (!("createImageBitmap" in window)) return;
    addEventListener("popstate", () => location.reload());
    start();
})();
