// Counts down what the server has printed as a time already. The server says how many
// seconds are left, so that a visitor's wrong clock does not matter.
(() => {
    const started = Date.now();
    const holds = [...document.querySelectorAll("[data-seconds-left]")];
    const status = document.querySelector("[data-countdown-status]");
    const announceAt = [5, 2, 1];
    let announced = Infinity;

    const secondsLeft = (hold) =>
        Math.max(0, Number(hold.dataset.secondsLeft) - Math.floor((Date.now() - started) / 1000));

    const show = (hold) => {
        const left = secondsLeft(hold);
        const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
        hold.querySelector("[data-countdown]").textContent = `(${clock})`;
        hold.classList.toggle("hold--soon", left <= 120);
        return left;
    };

    const announce = (left) => {
        if (!status) return;
        const minutes = left === 0 ? 0 : announceAt.filter((minute) => left <= minute * 60).pop();
        if (minutes === undefined || minutes >= announced) return;
        announced = minutes;
        const { ended, minute, minutes: several } = status.dataset;
        if (minutes === 0) status.textContent = ended;
        else status.textContent = minutes === 1 ? minute : several.replace("%s", minutes);
        // What has just ended is said in words by the server.
        if (minutes === 0) status.classList.remove("visually-hidden");
    };

    const tick = () => {
        if (holds.length) announce(Math.min(...holds.map(show)));
    };
    // After the browser's back button a stored page would go on counting from the past.
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
    tick();
    setInterval(tick, 1000);
})();
