// Shows the pictures of a group large, one at a time, by touch, mouse and keyboard. Without it,
// each link leads to a page of its own.
(() => {
    const SWIPE = 50;
    const STILL = 8;
    const DOUBLE_TAP = 350;
    const STEP = 1.5;
    const PAN = 80;
    const LEAST_ZOOM = 2;

    const element = (tag, properties, ...children) => {
        const made = Object.assign(document.createElement(tag), properties);
        made.append(...children);
        return made;
    };

    const within = (value, most) => Math.min(most, Math.max(-most, value));

    class Lightbox {
        constructor(group, opener) {
            this.words = group.dataset;
            this.opener = opener;
            this.links = [...group.querySelectorAll("a[data-full]")];
            this.pointers = new Map();
            this.tappedAt = 0;
            this.build();
            document.body.append(this.dialog);
            this.dialog.showModal();
            this.show(this.links.indexOf(opener));
            this.close.focus();
        }

        button(name, text, act) {
            const button = element("button", {
                type: "button",
                className: `lightbox__button lightbox__button--${name}`,
                textContent: text,
            });
            button.addEventListener("click", act);
            return button;
        }

        build() {
            this.image = element("img", { draggable: false });
            this.stage = element("div", { className: "lightbox__stage" }, this.image);
            this.caption = element("p", { className: "lightbox__caption" });
            this.caption.setAttribute("role", "status");
            this.close = this.button("close", "×", () => this.dialog.close());
            this.close.setAttribute("aria-label", this.words.close);
            this.zoom = this.button("zoom", this.words.larger, () => this.toggle());
            this.previous = this.button("previous", "‹", () => this.go(-1));
            this.previous.setAttribute("aria-label", this.words.previous);
            this.next = this.button("next", "›", () => this.go(1));
            this.next.setAttribute("aria-label", this.words.next);
            const parts = [this.previous, this.next, this.zoom, this.close];
            this.dialog = element("dialog", { className: "lightbox" });
            this.dialog.append(this.stage, this.caption, ...parts);
            this.dialog.setAttribute("aria-label", this.words.label);
            this.listen();
        }

        listen() {
            const fit = () => this.fit();
            const on = (name, act, options) => this.stage.addEventListener(name, act, options);
            on("pointerdown", (event) => this.down(event));
            on("pointermove", (event) => this.move(event));
            on("pointerup", (event) => this.up(event));
            on("pointercancel", (event) => this.pointers.delete(event.pointerId));
            on("wheel", (event) => this.wheel(event), { passive: false });
            this.dialog.addEventListener("keydown", (event) => this.key(event));
            addEventListener("resize", fit);
            this.image.addEventListener("error", () => {
                this.caption.textContent = this.words.failed;
            });
            this.dialog.addEventListener("close", () => {
                removeEventListener("resize", fit);
                this.dialog.remove();
                this.opener.focus();
            });
        }

        show(number) {
            this.number = number;
            const link = this.links[number];
            const shown = link.querySelector("img");
            this.size = ["width", "height"].map((side) => Number(shown.getAttribute(side)));
            this.image.removeAttribute("src");
            this.image.alt = shown.alt;
            this.image.srcset = shown.srcset;
            this.image.sizes = "100vw";
            this.image.src = link.dataset.full;
            const many = this.links.length > 1;
            const place = many ? `${number + 1} / ${this.links.length}` : "";
            this.caption.textContent = [place, shown.alt].filter(Boolean).join(" · ");
            this.previous.hidden = this.next.hidden = !many;
            this.fit();
        }

        go(by) {
            const count = this.links.length;
            if (count > 1) this.show((this.number + by + count) % count);
        }

        // The whole picture, never larger than it is.
        fit() {
            const [width, height] = this.size;
            const room = this.stage.getBoundingClientRect();
            this.shrunk = Math.min(1, room.width / width, room.height / height);
            this.image.style.width = `${width * this.shrunk}px`;
            this.image.style.height = `${height * this.shrunk}px`;
            this.scale = 1;
            this.x = this.y = 0;
            this.place();
        }

        get most() {
            return Math.max(LEAST_ZOOM, 1 / this.shrunk);
        }

        place() {
            const room = this.stage.getBoundingClientRect();
            const [width, height] = this.size.map((side) => side * this.shrunk * this.scale);
            this.x = within(this.x, Math.max(0, (width - room.width) / 2));
            this.y = within(this.y, Math.max(0, (height - room.height) / 2));
            this.image.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
            const large = this.scale > 1;
            this.stage.classList.toggle("lightbox__stage--large", large);
            this.zoom.textContent = large ? this.words.smaller : this.words.larger;
            // From here on every pixel that there is.
            if (large) this.image.removeAttribute("srcset");
        }

        // What is under a point of the window stays there.
        zoomTo(scale, point) {
            const room = this.stage.getBoundingClientRect();
            const from = [
                (point?.x ?? room.x + room.width / 2) - room.x - room.width / 2,
                (point?.y ?? room.y + room.height / 2) - room.y - room.height / 2,
            ];
            const next = Math.min(this.most, Math.max(1, scale));
            const by = next / this.scale;
            this.x = from[0] - (from[0] - this.x) * by;
            this.y = from[1] - (from[1] - this.y) * by;
            this.scale = next;
            this.place();
        }

        toggle(point) {
            this.zoomTo(this.scale > 1 ? 1 : this.most, point);
        }

        pan(x, y) {
            this.x += x;
            this.y += y;
            this.place();
        }

        // The middle of all fingers, and how far the first two are apart.
        get grip() {
            const points = [...this.pointers.values()];
            const x = points.reduce((sum, point) => sum + point.x, 0) / points.length;
            const y = points.reduce((sum, point) => sum + point.y, 0) / points.length;
            const [one, two] = points;
            return { x, y, apart: two ? Math.hypot(one.x - two.x, one.y - two.y) : 0 };
        }

        down(event) {
            if (event.button) return;
            this.stage.setPointerCapture(event.pointerId);
            this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
            if (this.pointers.size === 1) {
                this.start = { x: event.clientX, y: event.clientY, onImage: event.target === this.image };
                this.isSingle = true;
            } else {
                this.isSingle = false;
            }
        }

        move(event) {
            if (!this.pointers.has(event.pointerId)) return;
            const before = this.grip;
            this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
            const now = this.grip;
            if (before.apart && now.apart) {
                this.zoomTo((this.scale * now.apart) / before.apart, now);
            }
            if (this.scale > 1) this.pan(now.x - before.x, now.y - before.y);
        }

        up(event) {
            if (!this.pointers.delete(event.pointerId) || !this.isSingle) return;
            const x = event.clientX - this.start.x;
            const y = event.clientY - this.start.y;
            if (Math.hypot(x, y) <= STILL) this.tap(event);
            else if (this.scale === 1 && Math.abs(x) > SWIPE && Math.abs(x) > Math.abs(y)) {
                this.go(x < 0 ? 1 : -1);
            }
        }

        tap(event) {
            const point = { x: event.clientX, y: event.clientY };
            if (event.pointerType === "mouse") {
                if (this.start.onImage) this.toggle(point);
                else this.dialog.close();
                return;
            }
            const isDouble = event.timeStamp - this.tappedAt < DOUBLE_TAP;
            this.tappedAt = isDouble ? 0 : event.timeStamp;
            if (isDouble) this.toggle(point);
        }

        wheel(event) {
            event.preventDefault();
            const point = { x: event.clientX, y: event.clientY };
            this.zoomTo(this.scale * Math.exp(-event.deltaY / 400), point);
        }

        key(event) {
            if (event.ctrlKey || event.metaKey || event.altKey) return;
            const isLarge = this.scale > 1;
            const acts = {
                ArrowLeft: () => (isLarge ? this.pan(PAN, 0) : this.go(-1)),
                ArrowRight: () => (isLarge ? this.pan(-PAN, 0) : this.go(1)),
                ArrowUp: () => this.pan(0, PAN),
                ArrowDown: () => this.pan(0, -PAN),
                PageUp: () => this.go(-1),
                PageDown: () => this.go(1),
                "+": () => this.zoomTo(this.scale * STEP),
                "-": () => this.zoomTo(this.scale / STEP),
                0: () => this.zoomTo(1),
            };
            if (!(event.key in acts)) return;
            event.preventDefault();
            acts[event.key]();
        }
    }

    if (!("HTMLDialogElement" in window)) return;
    document.addEventListener("click", (event) => {
        const link = event.target.closest("[data-lightbox] a[data-full]");
        const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
        if (!link || !isPlain) return;
        event.preventDefault();
        new Lightbox(link.closest("[data-lightbox]"), link);
    });
})();
