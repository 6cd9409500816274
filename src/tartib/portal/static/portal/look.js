// While the payment service is silent the page looks again by itself; without scripts the browser does.
const again = document.querySelector("[data-look]")?.dataset.look;
if (again) setTimeout(() => location.replace(again), 4000);
