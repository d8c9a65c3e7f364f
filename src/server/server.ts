/**
 * Server: the composition root. It builds each part once, hands each what it needs, and ends them
 * in order.
 *
 * Two servers in one process share nothing: whatever has state is made here and passed down.
 *
 * @module
 */

import type { Clock } from "../base/clock.ts";
import { type Random, randomId } from "../base/random.ts";
import { ClientPool } from "../client/mod.ts";
import {
  type ClusterSettings,
  clusterSettingsOf,
  DiskTopologyFile,
  DistributedTransactions,
  FanOut,
  NodeCalls,
  RedirectGate,
  RequestRelay,
  ReshardingRegistry,
  ServerCluster,
  ServerResharding,
} from "../cluster/mod.ts";
import { COMMANDS, PEER_COMMANDS } from "../commands/mod.ts";
import type { Config } from "../config/mod.ts";
import {
  AppendOnlyGate,
  AuthenticatedGate,
  BlockedClients,
  ChangeListeners,
  ClientRegistry,
  CommandTable,
  Dispatcher,
  Effects,
  type Gate,
  HeldKeys,
  type Lifecycle,
  MemoryGate,
  MemoryLimit,
  MonitorGate,
  Monitors,
  PauseGate,
  type PayloadCodec,
  ProtectedGate,
  type ServerIdentity,
  type ServerParts,
  type ShutdownWay,
  SubscriberGate,
} from "../engine/mod.ts";
import { systemReasonOf } from "../errors/system_reason.ts";
import { type Listener, MemoryTransport } from "../net/mod.ts";
import { LatencyMonitor, Log, type LogSink, ServerStats, SlowLog } from "../observability/mod.ts";
import {
  AppendOnlyFile,
  DiskErrorGate,
  DumpCodec,
  LoadingGate,
  ServerPersistence,
} from "../persistence/mod.ts";
import { Channels, KeyspaceNotifications } from "../pubsub/mod.ts";
import { Authenticator } from "../security/mod.ts";
import { type Arena, Store } from "../store/mod.ts";
import { ServerTracking } from "../tracking/mod.ts";
import { ServerTransactions } from "../transaction/mod.ts";
import { ClientHost } from "./client_host.ts";
import { followCollectionLimits } from "./collection_limits.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Listening } from "./listening.ts";
import { followMemoryDirectives } from "./memory_directives.ts";
import { DenoProcessProbe } from "./process_probe.ts";
import { renamedCommands } from "./renamed_commands.ts";
import { ReadServer } from "./read_server.ts";
import { TrialServer } from "./trial_server.ts";

/** Connections to other servers: how many to each, and how long they wait to be used again. */
const PEER_LIMITS = { clientCountMax: 16, idleCountMax: 64, idleMsMax: 10_000 };

/** What a server is made of. */
export interface ServerOptions {
  config: Config;
  clock: Clock;
  random: Random;
  log: Log;
  identity: Omit<ServerIdentity, "port">;
  /** Rewrites the configuration file; see `Lifecycle.rewriteConfig`. */
  rewriteConfig: (hasDefaults: boolean) => void;
  /** Ends the process at once; a server in another program only stops. */
  exit: (exitCode: number) => void;
  /** Where the data live; one of its own unless said. */
  arena?: Arena;
}

/** One server. */
export class Server implements ServerParts, Lifecycle, AsyncDisposable {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly stats: ServerStats;
  readonly store: Store;
  readonly commands: CommandTable;
  readonly clients = new ClientRegistry();
  readonly authenticator = new Authenticator();
  readonly slowLog: SlowLog;
  readonly latency: LatencyMonitor;
  readonly effects = new Effects();
  readonly pause: PauseGate;
  readonly blocked: BlockedClients;
  readonly monitors: Monitors;
  readonly memoryLimit: MemoryLimit;
  readonly heldKeys: HeldKeys;
  readonly peers: ClientPool;
  readonly payloads: PayloadCodec;
  readonly transactions: ServerTransactions;
  readonly tracking: ServerTracking;
  readonly messages: Channels;
  readonly cluster: ServerCluster | undefined;
  readonly resharding: ServerResharding | undefined;
  readonly peerTransactions: DistributedTransactions | undefined;
  readonly appendOnly: AppendOnlyFile;
  readonly process = new DenoProcessProbe();
  readonly changeListeners = new ChangeListeners(this.effects);
  readonly lifecycle: Lifecycle = this;
  readonly persistence: ServerPersistence;
  readonly identity: ServerIdentity;
  replicationId: string;
  isExpiringActively = true;
  isPulsePaused = false;
  /** What is to be done when nothing keeps the server any more, before it closes what it listens on. */
  farewell: () => void = () => {};
  /** Settles when the server has ended. */
  readonly ended: Promise<void>;

  readonly #options: ServerOptions;
  readonly #relay: RequestRelay | undefined;
  readonly #dispatcher: Dispatcher;
  readonly #host: ClientHost;
  readonly #heartbeat: Heartbeat;
  readonly #listening: Listening;
  #watching: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #nodeCalls: NodeCalls | undefined;
  #settleEnded!: () => void;
  /** How to end, if that was asked for. */
  #askedWay: (() => ShutdownWay) | undefined;

  constructor(options: ServerOptions) {
    const { config, clock, random } = this.#options = options;
    this.config = config;
    this.clock = clock;
    this.random = random;
    this.replicationId = randomId(random);
    this.log = options.log;
    this.stats = new ServerStats(clock.nowMs());
    this.slowLog = new SlowLog(clock);
    this.latency = new LatencyMonitor(clock);
    this.store = new Store({
      clock,
      random,
      databaseCount: config.number("databases"),
      counters: this.stats,
      arena: options.arena,
    });
    const clusterSettings = clusterSettingsOf(config);
    const rows = clusterSettings === undefined ? COMMANDS : [...COMMANDS, ...PEER_COMMANDS];
    this.commands = new CommandTable(renamedCommands(rows, config));
    this.pause = new PauseGate(clock, this.store.environment);
    this.blocked = new BlockedClients(this);
    this.monitors = new Monitors(clock);
    this.heldKeys = new HeldKeys({
      listeners: this.changeListeners,
      hashing: this.store.environment.lookAhead,
      afterTurn: (act) => void this.#host.turns.next().then(act),
      released: () => this.blocked.serveHeldBack(),
    });
    this.peers = new ClientPool({ clock, ...PEER_LIMITS });
    this.payloads = new DumpCodec(this.store, (text) => this.log.warning(text));
    this.transactions = new ServerTransactions(this);
    this.tracking = new ServerTracking(this, (act) => this.#host.resumptions.runBehind(act));
    const nextTurn = () => this.#host.turns.next();
    if (clusterSettings !== undefined) {
      const { cluster, registry } = this.#joinCluster(clusterSettings);
      this.cluster = cluster;
      this.peerTransactions = this.#newTransactions(cluster);
      this.resharding = new ServerResharding({ server: this, cluster, registry, nextTurn });
    }
    this.messages = new Channels(this.store.environment.lookAhead);
    this.#relay = this.cluster?.mode === "relay" ? this.#newRelay(this.cluster) : undefined;
    this.appendOnly = new AppendOnlyFile(this, {
      replayer: () => this.#host.replayer(),
      nextTurn,
      rewriteBegins: () => this.peerTransactions?.recordAgain(),
      fail: (reason) => {
        this.log.warning(reason);
        this.exit(1);
      },
    });
    this.persistence = new ServerPersistence(this, this.appendOnly, nextTurn);
    this.memoryLimit = new MemoryLimit(this, () => this.#heartbeat.evict());
    const portNow = () => this.port;
    this.identity = {
      ...options.identity,
      get port(): number {
        return portNow();
      },
    };
    this.ended = new Promise((resolve) => this.#settleEnded = resolve);
    this.#followConfig();
    const dispatcher = this.#dispatcher = new Dispatcher(this, this.#newGates());
    this.#host = new ClientHost(this, dispatcher, (error) => this.#fail(error));
    this.#listening = new Listening(config, this.log, (listener) => this.#serve(listener));
    this.#heartbeat = new Heartbeat(this, this.#host);
    this.#hearStore();
    followMemoryDirectives(this, this.#host, this.#heartbeat);
  }

  /** The TCP port that it listens on; 0 for none. */
  get port(): number {
    return this.#listening.port;
  }

  /** Whether it is about to end. */
  get isEnding(): boolean {
    return this.#stopping !== undefined;
  }

  /**
   * Begins to take clients.
   *
   * @param port The TCP port, 0 for one that the system chooses, `undefined` for none.
   * @throws {ConfigError} When an address can't be had.
   */
  listen(port: number | undefined): void {
    this.#listening.open(port);
    this.#watching = this.#host.turns.watchSockets();
    this.cluster?.start();
    this.resharding?.start();
  }

  #serve(listener: Listener): Promise<void> {
    return listener.serve(
      () => this.#host.socketOptions,
      (transport) => this.#host.accept(transport),
      (error) => this.log.warning(`Accepting client connection: accept: ${systemReasonOf(error)}`),
    );
  }

  /** A connection in memory; the client's end, owned by the caller. */
  connect(): MemoryTransport {
    const [ours, theirs] = MemoryTransport.pair();
    this.#host.accept(ours);
    return theirs;
  }

  /**
   * Closes the listeners, lets replies go out, closes all clients. Where there are save points, the data
   * are saved before. Resolves when all is done.
   */
  stop(): Promise<void> {
    this.shutdown({ saves: "default", isForced: true });
    return this.#stopping!;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  shutdown(way: ShutdownWay): boolean {
    if (this.#stopping !== undefined) return true;
    this.log.warning("User requested shutdown...");
    if (!this.persistence.prepareEnd(way)) {
      this.log.warning(
        "Errors trying to shut down the server. Check the logs for more information.",
      );
      return false;
    }
    this.#stopping = this.#stop();
    return true;
  }

  /**
   * Has the next heartbeat begin a shutdown, and may be taken back until then.
   *
   * @param way Asked when it begins.
   */
  askToEnd(way: () => ShutdownWay): void {
    this.#askedWay = way;
  }

  /** Whether somebody has asked, and it was not in vain. */
  get isAskedToEnd(): boolean {
    return this.#askedWay !== undefined;
  }

  /** Begins a shutdown that was asked for. */
  endIfAsked(): void {
    if (this.#askedWay === undefined || this.#stopping !== undefined) return;
    if (!this.shutdown(this.#askedWay())) this.#askedWay = undefined;
  }

  abortShutdown(): boolean {
    if (this.#askedWay === undefined || this.#stopping !== undefined) return false;
    this.#askedWay = undefined;
    this.log.notice("Shutdown manually aborted.");
    return true;
  }

  exit(exitCode: number): void {
    this.#options.exit(exitCode);
  }

  sleep(milliseconds: number): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  }

  rewriteConfig(hasDefaults: boolean): void {
    this.#options.rewriteConfig(hasDefaults);
  }

  async #stop(): Promise<void> {
    this.#heartbeat.stop();
    this.pause.end();
    this.farewell();
    this.#listening.close();
    await this.#host.closeAll(this.#listening.ended()); // at once: no request behind a SHUTDOWN may run
    await this.#relay?.stop();
    await this.#nodeCalls?.close();
    await this.resharding?.stop();
    this.peerTransactions?.stop();
    await this.cluster?.stop();
    await this.peers.close();
    await this.persistence.stop();
    await this.appendOnly.stop();
    this.#host.turns.close();
    await this.#listening.ended();
    await this.#watching;
    this.log.warning("Redis is now ready to exit, bye bye...");
    this.#settleEnded();
  }

  /** Makes this server a node, as clients that know clusters see it. */
  #joinCluster(
    settings: ClusterSettings,
  ): { cluster: ServerCluster; registry: ReshardingRegistry } {
    if (settings.mode === "redirect") this.config.assign("cluster-enabled", "yes");
    const registry = new ReshardingRegistry(new DiskTopologyFile(this.config), settings);
    return { cluster: new ServerCluster(this, registry, settings), registry };
  }

  /** Lets this node answer for all of them. */
  #newRelay(cluster: ServerCluster): RequestRelay {
    const connectHere = () => {
      const [ours, theirs] = MemoryTransport.pair();
      this.#host.acceptNode(ours, cluster.self);
      return theirs;
    };
    this.messages.keyListenersGone = () => cluster.keyListeners.ended();
    this.#nodeCalls = new NodeCalls({ server: this, cluster, connectHere });
    return new RequestRelay(this, cluster, {
      nextTurn: () => this.#host.turns.next(),
      connectHere,
      fanOut: new FanOut(this.#nodeCalls, {
        random: this.random,
        messages: this.messages,
        listeners: cluster.keyListeners,
      }),
      severalOwners: this.peerTransactions,
    });
  }

  /** Lets this node run requests together with others. */
  #newTransactions(cluster: ServerCluster): DistributedTransactions {
    const newSession = (dispatcher: Dispatcher) => this.#host.unconnectedSession(dispatcher);
    const host = () => ({ server: this, dispatcher: this.#dispatcher, newSession });
    let trial: TrialServer | undefined, reader: ReadServer | undefined;
    return new DistributedTransactions(this, cluster, {
      trial: () => trial ??= new TrialServer(host()),
      reader: () => reader ??= new ReadServer(host()),
    });
  }

  /** Puts directives into force, now and whenever they change. */
  #followConfig(): void {
    const config = this.config;
    const follow = (
      names: Parameters<Config["onApply"]>[0],
      apply: () => void,
    ): void => {
      config.onApply(names, apply);
      apply();
    };
    follow("requirepass", () => this.authenticator.setPassword(config.text("requirepass")));
    follow("slowlog-max-len", () => {
      this.slowLog.entryCountMax = config.number("slowlog-max-len");
    });
    follow("latency-monitor-threshold", () => {
      this.latency.thresholdMs = config.number("latency-monitor-threshold");
    });
    const notifications = new KeyspaceNotifications(this);
    follow("notify-keyspace-events", () => {
      notifications.want(config.text("notify-keyspace-events"));
    });
    followCollectionLimits(config, this.store.environment.limits);
  }

  /** Has the store tell what happens without a command. */
  #hearStore(): void {
    const { environment } = this.store, { lazyFree } = environment;
    environment.listener = {
      expired: (databaseIndex, key) => {
        const isLazy = lazyFree.isForExpired;
        this.changeListeners.removed({ databaseIndex, key, event: "expired", isLazy });
      },
      evicted: (databaseIndex, key) => {
        const isLazy = lazyFree.isForEvicted;
        this.changeListeners.removed({ databaseIndex, key, event: "evicted", isLazy });
      },
      expiresSooner: (dueMs) => this.#heartbeat.expireAt(dueMs),
      isDue: () => this.#heartbeat.expireNow(),
    };
    lazyFree.begins = () => this.#heartbeat.freeLazily();
  }

  /** The gates that commands pass, in Redis' order. */
  #newGates(): Gate[] {
    const dataGates = [
      new MemoryGate(this.memoryLimit),
      new DiskErrorGate(this.persistence),
      new AppendOnlyGate(this.appendOnly),
    ];
    return [
      new ProtectedGate(() => this.config.text("enable-debug-command")),
      new AuthenticatedGate(this.authenticator),
      ...(this.cluster?.mode === "redirect" ? [new RedirectGate(this.cluster, this.config)] : []),
      ...(this.#relay === undefined ? dataGates : []),
      new SubscriberGate(this.messages),
      new LoadingGate(this.persistence),
      new MonitorGate(this.monitors),
      this.pause,
      // What other nodes run is no matter of the data here.
      ...(this.#relay === undefined ? [] : [this.#relay, ...dataGates]),
      this.heldKeys,
      ...(this.resharding === undefined ? [] : [this.resharding.hold]),
    ];
  }

  /** A bug of ours: nothing can be trusted any more. */
  #fail(error: unknown): void {
    const text = error instanceof Error ? error.stack ?? error.message : String(error);
    this.log.warning(`=== REDIS BUG REPORT START: ${text}`);
    this.#options.exit(1);
  }
}

/** Makes the log of a configuration. */
export function makeLog(config: Config, clock: Clock, pid: number, sink: LogSink): Log {
  const log = new Log({ clock, sink, pid, level: config.text("loglevel") as Log["level"] });
  config.onApply("loglevel", () => log.level = config.text("loglevel") as Log["level"]);
  return log;
}
