// The telephone's own store: things that were written, and what is needed for the day, all sealed.
"use strict";
(() => {
  const VERSION = 1;

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
    // Changes one thing by a function of what it is now; null where there is none.
    change(id, by) {
      return this.within(["items"], "readwrite", ({ items }, give) => {
        items.get(id).onsuccess = (event) => {
          const before = event.target.result;
          if (!before) {
            give(null);
            return;
          }
          const after = by(before);
          if (after !== before) items.put(after);
          give(after);
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
    // Everything goes but what the server has not taken or a person has not dealt with.
    wipe() {
      return this.within(["items", "things"], "readwrite", ({ items, things }) => {
        things.clear();
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
