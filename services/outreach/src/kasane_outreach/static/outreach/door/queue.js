// Keeps what was written at the door until the server has said, one by one, what became of it.
//
// Every thing has a number made here. It is kept before it is sent, and sent again until there is an answer; the server
// takes a number once. It ends as accepted, rejected with a reason, or superseded, and is never dropped in silence.
// A sealed copy of what the server took stays for as long as the server says: when it was put back to an earlier
// state, as it tells by another epoch, everything is sent again, and what it still has it takes no second time.
"use strict";
(() => {
  const WAITING = "waiting";
  const ACCEPTED = "accepted";
  const REJECTED = "rejected";
  const SUPERSEDED = "superseded";

  class AlreadyTried extends Error {}

  class DoorQueue {
    // send(wire) and ask() give {status, body} or throw where nobody answers; ask() asks for the server's epoch.
    // told(item) hears of every change.
    constructor({ store, send, ask, told = () => {} }) {
      this.store = store;
      this.send = send;
      this.ask = ask;
      this.told = told;
      this.running = null;
    }

    // Keeps a new thing; seal(id, body) closes it. `replaces` is the number of one that was not sent yet.
    // Raises AlreadyTried where the earlier one may be at the server already.
    async add({ id = crypto.randomUUID(), account, device, day, visit, kind, made, moved, content, replaces = "", settles = "", plain = {} }, seal) {
      const before = replaces ? await this.store.get(replaces) : null;
      if (replaces && !(before?.state === WAITING && before.tried === 0)) throw new AlreadyTried();
      const chain = before ? [before.id, ...before.replaces] : [];
      const sealed = await seal(id, {
        visit_id: visit,
        kind,
        made_at: new Date(made).toISOString(),
        clock_moved: moved,
        replaces: chain,
        settles,
        content,
      });
      const item = { ...plain, id, account, device, day, visit, kind, made, replaces: chain, settles, state: WAITING, tried: 0, sealed, answer: null };
      const kept = await this.withRoom(() => this.store.add(item, replaces));
      if (!kept) throw new AlreadyTried();
      if (settles) await this.settled(settles, "added");
      this.told(item);
      return item;
    }

    // What is new is worth more than copies of what has arrived: on a full telephone the oldest of these make room.
    async withRoom(keep) {
      for (;;) {
        try {
          return await keep();
        } catch (error) {
          if (error?.name !== "QuotaExceededError" || !(await this.store.makeRoom())) throw error;
        }
      }
    }

    // A person dealt with a rejected thing: its words were added, or the office decides with the copy it has.
    async settled(id, how) {
      await this.store.change(id, (item) => (item.state === REJECTED ? { ...item, settled: how } : item));
    }

    // Sends what waits, oldest first. Two callers at once are one sending.
    // Gives {left, stopped}: how much still waits, and whether the server says that this telephone was stopped.
    flush() {
      this.running ??= this.sendAll().finally(() => {
        this.running = null;
      });
      return this.running;
    }
    async sendAll() {
      let stopped = false;
      // Before anything is sent, so that the earlier comes first: nobody leaves a house that was never entered.
      let epoch = await this.listen();
      for (;;) {
        const waiting = (await this.store.all()).filter((item) => item.state === WAITING);
        const next = waiting[0];
        if (!next || epoch === null) return { left: waiting.length, stopped };
        const item = await this.store.change(next.id, (now) => (now.state === WAITING ? { ...now, tried: now.tried + 1 } : now));
        if (!item || item.state !== WAITING) continue;
        let answer;
        try {
          answer = await this.send({ id: item.id, device_id: item.device, day: item.day, sealed: item.sealed, account_id: item.account });
        } catch {
          return { left: waiting.length, stopped };
        }
        const outcome = this.read(answer);
        if (!outcome) return { left: waiting.length, stopped };
        stopped ||= outcome.stopped;
        const by = (now) => ({
          ...now,
          state: outcome.state,
          answer: outcome.answer,
          settled: outcome.state === REJECTED ? now.settled : undefined,
          sealed: outcome.state === ACCEPTED ? "" : now.sealed,
        });
        const { epoch: under, keep_until: until } = outcome.answer;
        const copied = typeof under === "string" ? { epoch: under, until } : null;
        this.told(await this.withRoom(() => this.store.change(item.id, by, copied)));
        if (copied && under !== epoch) {
          await this.store.putBack(under);
          epoch = under;
        }
      }
    }
    // Asks the server where it stands and puts back what it may have lost. Gives its epoch, "" where it need not be
    // known or the server tells none, and null where nothing can be sent now.
    async listen() {
      if (!(await this.store.hasCopies())) return "";
      let answer;
      try {
        answer = await this.ask();
      } catch {
        return null;
      }
      if (answer.status === 404) return "";
      if (answer.status !== 200 || typeof answer.body?.epoch !== "string") return null;
      await this.store.putBack(answer.body.epoch, answer.body.now);
      return answer.body.epoch;
    }
    // What an answer means; null where it is none and the thing has to be sent again later.
    read({ status, body }) {
      if (status === 200 && [ACCEPTED, REJECTED, SUPERSEDED].includes(body?.outcome)) {
        return { state: body.outcome, answer: body, stopped: body.stopped === true };
      }
      if ((status === 413 || status === 415 || status === 422) && body?.title) {
        const reason = String(body.type || "").split(":").pop();
        return { state: REJECTED, answer: { reason, why: body.title, next: body.detail, at_server: false }, stopped: false };
      }
      return null;
    }

    // What has to stay on the telephone whatever happens to the round: not sent, or rejected and not dealt with.
    static stays(item) {
      return item.state === WAITING || (item.state === REJECTED && !item.settled);
    }
  }

  globalThis.DoorQueue = DoorQueue;
  globalThis.DoorAlreadyTried = AlreadyTried;
})();
