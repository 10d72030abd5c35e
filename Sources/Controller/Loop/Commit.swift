import Dispatching
import Logging
import Spool
import Store
import StudyFile
import Tuning

/// Both cores: what is worth running, and who runs it where. They run ahead of the store only within a commit.
struct Cores {
    /// What is worth running.
    var study = Study()
    /// Who runs it where.
    var dispatcher: Dispatcher
    /// Whether they must be loaded again before they decide anything.
    var areAhead = false
    /// What the log has to know before anything else: that a controller begins, or has gone back to what was committed.
    var beginning: DispatchEvent?
    /// The commands since the last entry of the log.
    var sum = CommandSum()
    /// What attempts have taken and used, where the study leaves to stune what tasks ask for.
    var needs = TaskNeeds()

    /// Cores that know nothing yet.
    init(_ plan: DispatchPlan) {
        dispatcher = Dispatcher(plan)
        beginning = .opened(plan)
    }
}

extension Controller {
    /// One transaction: events, what the cores decide because of them, and the intents that follow.
    ///
    /// - Parameter gather: records what else belongs into the transaction, and names the events of the core.
    mutating func commit(_ gather: (inout Pass) throws -> [Event]) throws {
        let (learned, beginning) = (cores.dispatcher.learned, cores.beginning)
        let requests = RequestRule(setup.spec)
        // Moved out, not copied: the core may hold a million trials.
        var running = Cores(cores.dispatcher.plan)
        swap(&running, &cores)
        do {
            let tokens = try store.write { transaction in
                var pass = Pass(transaction, at: moment, cores: &running, requests, setup.drawToken)
                defer { pass.giveBack(to: &running) }
                try pass.begin()
                for event in try gather(&pass) { try pass.take(event) }
                try pass.settle()
                try transaction.append(pass.entries)
                return pass.tokens
            }
            swap(&running, &cores)
            outbox.fresh.formUnion(tokens)
            tellFaults()
        } catch {
            // Nothing was committed, and the cores are ahead: return to what the log says, now or, if it cannot be
            // read, before the next pass.
            cores.dispatcher.learned = learned
            cores.beginning = beginning
            cores.areAhead = true
            do { try reload() } catch { log.error("\(error)") }
            throw error
        }
    }

    /// The dispatcher's settings for this study and its cluster.
    var dispatchPlan: DispatchPlan {
        DispatchPlan(setup, maxArraySize: cores.dispatcher.plan.maxArraySize)
    }

    /// The moment by both clocks.
    var moment: Moment { Moment(wall: time.wallTime, steady: time.now) }

    /// Folds the log into the cores.
    mutating func reload() throws {
        let (plan, now) = (dispatchPlan, time.now)
        let requests = RequestRule(setup.spec)
        let (study, memory, needs) = try store.read { reader in
            var fold = Study()
            try reader.forEachFact { _ = fold.apply($0) }
            let needs = requests.learns ? try TaskNeeds(of: reader) : TaskNeeds()
            return (fold, try reader.dispatchMemory(now: now), needs)
        }
        let (learned, beginning) = (cores.dispatcher.learned, cores.beginning)
        cores = Cores(plan)
        cores.beginning = beginning ?? .reloaded
        cores.study = study
        cores.dispatcher.restore(memory)
        cores.dispatcher.learned = learned
        cores.needs = needs
    }

    /// Reports what has happened in the cores although it cannot happen.
    private mutating func tellFaults() {
        let (study, before) = (cores.study.faults, troubles.studyFaults)
        troubles.studyFaults = study.count
        var faults = cores.dispatcher.faults
        if study.count > before, let newest = study.newest { faults.append(newest) }
        guard !faults.isEmpty else { return }
        for fault in faults { log.error("a fault of stune, please report it: \(fault)") }
        troubles.faults += faults.count
        cores.dispatcher.forgetFaults()
        troubles.hold(
            "faults", "stune has found \(troubles.faults) faults of its own and goes on; the log names them"
        )
    }
}

/// What one transaction collects while events go through the cores.
struct Pass {
    let transaction: Transaction
    /// When it is.
    let now: Moment
    var cores: Cores
    /// The tokens of the arrays that were planned.
    private(set) var tokens: [ArrayToken] = []
    /// What the log is to say of the dispatcher.
    private(set) var entries: [DispatchEntry] = []
    /// What the dispatcher learns from this transaction, once all is placed.
    var lessons: [DispatchEvent] = []
    /// What tasks ask for.
    private(set) var requests: RequestRule
    private let draw: () -> ArrayToken

    init(
        _ transaction: Transaction, at now: Moment, cores: inout Cores, _ requests: RequestRule,
        _ draw: @escaping () -> ArrayToken
    ) {
        self.transaction = transaction
        self.now = now
        self.requests = requests
        self.draw = draw
        self.cores = Cores(cores.dispatcher.plan)
        swap(&self.cores, &cores)
    }

    /// Returns the cores.
    mutating func giveBack(to cores: inout Cores) { swap(&self.cores, &cores) }

    /// Records that a controller begins, or has returned to what was committed.
    mutating func begin() throws {
        guard let beginning = cores.beginning else { return }
        cores.beginning = nil
        cores.sum = CommandSum()
        try dispatch(beginning)
    }

    /// The study is changed: what the dispatcher was told of it, too. It forgets what it has measured.
    mutating func change(to plan: DispatchPlan) throws {
        guard plan != cores.dispatcher.plan else { return }
        cores.sum = CommandSum()
        try dispatch(.opened(plan))
    }

    /// Records how the study is described from now on, and what its file says: else the next run with the same file would
    /// take back what other commands have changed.
    ///
    /// - Parameter file: what the file says, where it is the file that has changed.
    mutating func record(_ spec: StudySpec, file: StudySpec?, before: StudySpec) throws {
        // What follows in this transaction asks for what the changed study says.
        let learned = requests.learns
        requests = RequestRule(spec)
        if requests.learns, !learned { cores.needs = try TaskNeeds(of: transaction.reader) }
        try transaction.changeStudy(try StoreJSON.text(spec))
        if file == nil, try transaction.reader.notice(Notices.fileSpec) != nil { return }
        try transaction.notice(Notices.fileSpec, try StoreJSON.text(file ?? before), time: now.wall)
    }

    /// Takes an event through the core and records it, its decisions, and what follows from them.
    mutating func take(_ event: Event) throws {
        if let fact = cores.study.fact(shownBy: event) { try take(fact) }
        let decisions = cores.study.apply(event)
        let landed = cores.study.landed
        try transaction.append(event, decisions, landed: landed, time: now.wall)
        try dispatch(.decided(event, decisions, landed: landed))
        if !requests.arePlain { try request(decisions, because: event) }
    }

    /// Takes an event through the dispatcher and records what it commands.
    mutating func dispatch(_ event: DispatchEvent) throws {
        let draw = draw
        var drawn: [ArrayToken] = []
        let commands = cores.dispatcher.apply(event, at: now) {
            let token = draw()
            drawn.append(token)
            return token
        }
        tokens += drawn
        for command in commands {
            cores.sum.add(command)
            try transaction.record(command)
        }
        if case .decided = event { return }
        entries.append(
            DispatchEntry(
                event, after: transaction.lastEvent(), at: now, tokens: drawn, check: cores.sum.value))
        cores.sum = CommandSum()
    }

    /// Everything has its place.
    mutating func settle() throws {
        if let room = cores.dispatcher.room(inFlight: { cores.study.inFlight.count }, now: now) {
            try take(.askedAhead(room: room))
        }
        if cores.dispatcher.hasUnsettled { try dispatch(.settled) }
        for lesson in lessons { try dispatch(lesson) }
    }

    /// The newest assignment of a turn; `nil`: the study has none. What was forgotten is remembered again.
    mutating func placement(at turn: Turn) throws -> Placement? {
        if let known = cores.dispatcher.placement(at: turn) { return known }
        guard let found = try transaction.reader.placement(at: turn) else { return nil }
        cores.dispatcher.recall(found.placement, found.task, job: found.job)
        return found.placement
    }

    /// Records which messages of an attempt were applied.
    mutating func record(_ taken: TakenMessages, of attempt: AttemptID) {
        transaction.record(taken, of: attempt)
        cores.dispatcher.record(taken, of: attempt)
    }
}
