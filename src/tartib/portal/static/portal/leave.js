// A form that leads to the gateway goes by itself; without scripts there is its button.
document.querySelector("[data-leave]")?.requestSubmit();
