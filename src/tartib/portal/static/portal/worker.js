// The service worker of a shop. `SHOP`, in the line before, says which and what it keeps.
// It keeps static files and the page for when there is no connection, and nothing of anybody's pages.
"use strict";
const KEEP = `tartib-${SHOP.slug}-${SHOP.version}`;
const WORDS = `tartib-${SHOP.slug}-words`;
const HASHED = /^\/static\/.+\.[0-9a-f]{12}\.\w+$/;

self.addEventListener("install", (event) => {
  const kept = async () => {
    const cache = await caches.open(KEEP);
    await cache.addAll([...SHOP.files, ...Object.values(SHOP.offline)].map((path) => new Request(path, { cache: "no-cache" })));
    await self.skipWaiting();
  };
  event.waitUntil(kept());
});

self.addEventListener("activate", (event) => {
  const tidied = async () => {
    const former = new RegExp(`^tartib-${SHOP.slug}-[0-9a-f]{12}$`);
    for (const name of await caches.keys()) if (former.test(name) && name !== KEEP) await caches.delete(name);
    await self.registration.navigationPreload?.enable();
    await self.clients.claim();
  };
  event.waitUntil(tidied());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (HASHED.test(url.pathname) || SHOP.files.includes(url.pathname)) event.respondWith(file(request));
});

// A page comes from the shop or not at all.
async function page(event, url) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return offline(url);
  }
}

// In the language of the address or, where it names none, of the page that was read last (public/app.js).
async function offline(url) {
  const named = [url.searchParams.get("language"), ...url.pathname.split("/").slice(1, 4)].find((part) => part in SHOP.offline);
  const known = await (await caches.open(WORDS)).match("/language");
  const language = named ?? (known ? await known.text() : SHOP.language);
  const cache = await caches.open(KEEP);
  return (await cache.match(SHOP.offline[language] ?? SHOP.offline[SHOP.language])) ?? Response.error();
}

// Names of files that carry a hash of their content never mean anything else.
async function file(request) {
  const cache = await caches.open(KEEP);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok && HASHED.test(new URL(request.url).pathname)) await cache.put(request, answer.clone());
  return answer;
}

// A message from the shop. A repeated one is shown once; a newer one about the same order takes the place of the older.
self.addEventListener("push", (event) => {
  const told = read(event.data);
  const show = async () => {
    const shown = await self.registration.getNotifications({ tag: told.topic });
    await self.registration.showNotification(told.title, {
      body: told.text, tag: told.topic, lang: told.lang, dir: told.dir, icon: SHOP.icon, badge: SHOP.badge,
      renotify: !shown.some((one) => one.data?.key === told.key),
      data: { key: told.key, link: told.link },
    });
  };
  event.waitUntil(show());
});

function read(data) {
  try {
    const told = data.json();
    if (told.title && told.topic) return told;
  } catch { /* It is not ours; browsers want something shown for every message. */ }
  return { title: SHOP.name, text: "", topic: SHOP.slug, link: "", lang: SHOP.language, dir: "auto", key: "" };
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.link || SHOP.home, self.location.origin);
  const open = async () => {
    if (url.origin !== self.location.origin) return;
    const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const there = windows.find((one) => new URL(one.url).pathname === url.pathname);
    if (!there) { await self.clients.openWindow(url.href); return; }
    // What is open there is older than the message.
    await there.focus();
    await there.navigate(url.href).catch(() => {});
  };
  event.waitUntil(open());
});

// The push service has given this browser another address: whoever writes to the former one is told.
self.addEventListener("pushsubscriptionchange", (event) => {
  const former = event.oldSubscription;
  const renew = async () => {
    const fresh = event.newSubscription ?? (await self.registration.pushManager.subscribe(former.options));
    const { endpoint, keys } = fresh.toJSON();
    const body = new URLSearchParams({ former: former.endpoint, endpoint, p256dh: keys.p256dh, auth: keys.auth });
    await fetch(SHOP.renewal, { method: "POST", body });
  };
  if (former) event.waitUntil(renew());
});
