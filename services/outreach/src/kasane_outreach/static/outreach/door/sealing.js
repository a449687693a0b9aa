// Seals and opens what lies on the telephone: AES-256-GCM, bound to the place where it belongs.
//
// The key of a day comes from the server. It is in memory and in the session of this tab only, or wrapped under a
// pass-code that the worker chose. What was written at the door is sealed here and opened by the server alone, so it
// can be sent without the key.
"use strict";
(() => {
  const PASS_ROUNDS = 600_000;
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();

  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  function letters(buffer) {
    const all = new Uint8Array(buffer);
    let text = "";
    for (let at = 0; at < all.length; at += 32_768) text += String.fromCharCode(...all.subarray(at, at + 32_768));
    return btoa(text);
  }
  const asKey = (raw) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

  async function seal(raw, place, value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const algorithm = { name: "AES-GCM", iv, additionalData: encoder.encode(place) };
    const closed = await crypto.subtle.encrypt(algorithm, await asKey(raw), encoder.encode(JSON.stringify(value)));
    const whole = new Uint8Array(12 + closed.byteLength);
    whole.set(iv);
    whole.set(new Uint8Array(closed), 12);
    return letters(whole);
  }
  async function open(raw, place, sealed) {
    const whole = bytes(sealed);
    const algorithm = { name: "AES-GCM", iv: whole.subarray(0, 12), additionalData: encoder.encode(place) };
    const opened = await crypto.subtle.decrypt(algorithm, await asKey(raw), whole.subarray(12));
    return JSON.parse(decoder.decode(opened));
  }

  async function passKey(code, salt, rounds) {
    const typed = await crypto.subtle.importKey("raw", encoder.encode(code), "PBKDF2", false, ["deriveBits"]);
    const way = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
    return new Uint8Array(await crypto.subtle.deriveBits(way, typed, 256));
  }
  async function wrap(raw, code, place, rounds = PASS_ROUNDS) {
    const salt = crypto.getRandomValues(new Uint8Array(16));
    const sealed = await seal(await passKey(code, salt, rounds), place, letters(raw));
    return { salt: letters(salt), rounds, sealed };
  }
  // The key, or null for another code.
  async function unwrap(wrapped, code, place) {
    try {
      return bytes(await open(await passKey(code, bytes(wrapped.salt), wrapped.rounds), place, wrapped.sealed));
    } catch {
      return null;
    }
  }

  const places = (town) => ({
    item: (device, day, id) => `door|${town}|${device}|${day}|${id}`,
    round: (device, day) => `door-round|${town}|${device}|${day}`,
    draft: (device, day, visit) => `door-draft|${town}|${device}|${day}|${visit}`,
    pass: (device, day) => `door-pass|${town}|${device}|${day}`,
  });

  globalThis.DoorSealing = { seal, open, wrap, unwrap, bytes, letters, places };
})();
