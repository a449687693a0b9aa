// The telephone's own store: things that were written, and what is needed for the day, all sealed.
"use strict";
(() => {
  const VERSION = 1;
  // Only copies have a list as their key, and every list comes after every word.
  const COPIES = () => IDBKeyRange.lowerBound([]);

  function openDatabase(name) {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open(name, VERSION);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("items", { keyPath: "id" }).createIndex("seq", "seq");
        asked.result.createObjectStore("things");
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
      asked.onblocked = () => reject(new Error("blocked"));
    });
  }

  class DoorStore {
    constructor(name) {
      this.name = name;
      this.opened = null;
    }
    // One transaction: work(stores, give) uses requests only, never other promises; give(value) is the answer.
    async within(names, mode, work) {
      this.opened ??= openDatabase(this.name);
      let database;
      try {
        database = await this.opened;
      } catch (error) {
        this.opened = null;
        throw error;
      }
      database.onversionchange = () => database.close();
      database.onclose = () => {
        this.opened = null;
      };
      return new Promise((resolve, reject) => {
        let value;
        const transaction = database.transaction(names, mode, { durability: "strict" });
        const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
        transaction.oncomplete = () => resolve(value);
        transaction.onerror = () => reject(transaction.error);
        transaction.onabort = () => reject(transaction.error || new Error("aborted"));
        work(stores, (given) => {
          value = given;
        });
      });
    }

    all() {
      return this.within(["items"], "readonly", ({ items }, give) => {
        items.index("seq").getAll().onsuccess = (event) => give(event.target.result);
      });
    }
    get(id) {
      return this.within(["items"], "readonly", ({ items }, give) => {
        items.get(id).onsuccess = (event) => give(event.target.result ?? null);
      });
    }
    // Keeps a new thing and, with it or not at all, marks the one it replaces. False where that one was tried meanwhile.
    add(item, replaces) {
      return this.within(["items"], "readwrite", ({ items }, give) => {
        const put = () => {
          items.index("seq").openCursor(null, "prev").onsuccess = (event) => {
            items.add({ ...item, seq: (event.target.result?.value.seq ?? 0) + 1 });
            give(true);
          };
        };
        if (!replaces) {
          put();
          return;
        }
        items.get(replaces).onsuccess = (event) => {
          const before = event.target.result;
          if (before?.state !== "waiting" || before.tried !== 0) {
            give(false);
            return;
          }
          items.put({ ...before, state: "superseded", sealed: "", by: item.id });
          put();
        };
      });
    }
    // Changes one thing by a function of what it is now; null where there is none. With `copied` ({epoch, until}) a
    // copy of it as it was, with its sealed words, is kept in the same transaction.
    change(id, by, copied = null) {
      return this.within(["items", "things"], "readwrite", ({ items, things }, give) => {
        items.get(id).onsuccess = (event) => {
          const before = event.target.result;
          if (!before) {
            give(null);
            return;
          }
          const after = by(before);
          if (after !== before) items.put(after);
          if (copied) things.put({ ...after, sealed: before.sealed }, [copied.epoch, copied.until, id]);
          give(after);
        };
      });
    }

    // ---- Copies of what the server took: among the things, under [epoch, until, id] ---------------
    hasCopies() {
      return this.within(["things"], "readonly", ({ things }, give) => {
        things.count(COPIES()).onsuccess = (event) => give(event.target.result > 0);
      });
    }
    // Copies of another epoch wait again, before everything else; those of this one go when their time is over.
    // The server said nothing of an epoch before its first, so what was taken then is no sign of a restore.
    putBack(epoch, now = 0) {
      return this.within(["items", "things"], "readwrite", ({ items, things }) => {
        const lost = [];
        const move = (first) => {
          lost.sort((one, other) => one.made - other.made || one.seq - other.seq);
          lost.forEach((copy, at) => {
            items.get(copy.id).onsuccess = (event) => {
              const here = event.target.result;
              // A rejected thing left the telephone only when a person had dealt with it.
              const settled = here ? here.settled : copy.state === "rejected" ? "office" : undefined;
              items.put({ ...copy, settled, state: "waiting", seq: first - lost.length + at });
            };
          });
        };
        things.getAllKeys(COPIES()).onsuccess = (event) => {
          const other = event.target.result.filter(([under]) => epoch && under !== epoch);
          for (const key of event.target.result) if (key[1] < now && !other.includes(key)) things.delete(key);
          for (const key of other) {
            things.get(key).onsuccess = (found) => {
              lost.push({ ...found.target.result, again: key[0] !== "" });
              things.delete(key);
              if (lost.length < other.length) return;
              items.index("seq").openKeyCursor().onsuccess = (least) => move(least.target.result?.key ?? 1);
            };
          }
        };
      });
    }
    // The older half of the copies goes; false where there was none.
    makeRoom() {
      return this.within(["things"], "readwrite", ({ things }, give) => {
        things.getAllKeys(COPIES()).onsuccess = (event) => {
          const keys = event.target.result.sort((one, other) => one[1] - other[1]);
          for (const key of keys.slice(0, Math.ceil(keys.length / 2))) things.delete(key);
          give(keys.length > 0);
        };
      });
    }

    read(name) {
      return this.within(["things"], "readonly", ({ things }, give) => {
        things.get(name).onsuccess = (event) => give(event.target.result ?? null);
      });
    }
    write(name, value) {
      return this.within(["things"], "readwrite", ({ things }) => {
        if (value === null) things.delete(name);
        else things.put(value, name);
      });
    }
    // Everything goes but what the server has not taken or a person has not dealt with, and the copies.
    wipe() {
      return this.within(["items", "things"], "readwrite", ({ items, things }) => {
        things.delete(IDBKeyRange.upperBound([], true));
        items.openCursor().onsuccess = (event) => {
          const cursor = event.target.result;
          if (!cursor) return;
          if (!DoorQueue.stays(cursor.value)) cursor.delete();
          cursor.continue();
        };
      });
    }
  }

  globalThis.DoorStore = DoorStore;
})();
