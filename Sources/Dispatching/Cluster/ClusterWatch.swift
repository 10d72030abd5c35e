package import Tuning

/// What follows from the cluster's answers about tasks: which are lost, which only a person can start, when there is no
/// hope, and when to ask again.
package struct ClusterWatch: Sendable {
    /// How often the cluster is asked, and how long it takes until an answer is believed.
    package struct Pace: Hashable, Sendable {
        /// The shortest and the longest time between two questions about the tasks.
        package var poll: ClosedRange<Duration>
        /// The time between two questions while tasks only start and end: workers tell of that themselves.
        package var busy: Duration
        /// How long the last word of a task that is over may take to appear.
        package var settle: Duration
        /// How long all tasks have to wait for what no time brings, before the study ends for that reason.
        package var hopeless: Duration

        /// A pace from its parts.
        ///
        /// - Parameter busy: `nil`: the shortest time between two questions.
        package init(
            poll: ClosedRange<Duration>, busy: Duration? = nil, settle: Duration, hopeless: Duration
        ) {
            self.poll = poll
            self.busy = min(max(busy ?? poll.lowerBound, poll.lowerBound), poll.upperBound)
            self.settle = settle
            self.hopeless = hopeless
        }
    }

    /// Whether anything of the study can start.
    ///
    /// - `possible` → `hopeless` when all tasks of the study wait for something that time does not bring.
    /// - `hopeless` → `possible` when one of them does not, or a worker is idle.
    package enum Hope: Hashable, Sendable {
        /// Something runs, or may start by itself.
        case possible
        /// Nothing has been able to start since this moment.
        case hopeless(since: Duration)
    }

    private let pace: Pace
    private var watch: TaskWatch
    /// When the cluster is asked about the tasks next.
    package private(set) var next: Duration
    private var pause: Duration
    /// The cluster's last answer, without what changes only with time.
    package private(set) var lastStates: [TaskSighting] = []
    /// Tasks that will not start by themselves.
    package private(set) var held = HeldTasks()
    /// Whether anything of the study can start.
    package private(set) var hope = Hope.possible
    /// Assignments that the last answer showed to be lost, and that are not applied yet.
    package private(set) var lost: [AssignmentLost] = []
    /// Tasks whose workers were told that the cluster is about to end them, with their start.
    private var warned: [TaskID: Int] = [:]

    /// A watch that asks at once.
    package init(_ pace: Pace, at now: Duration) {
        self.pace = pace
        watch = TaskWatch(settle: pace.settle)
        next = now
        pause = pace.poll.lowerBound
    }

    /// Whether the last message of a task may still come, if it was seen over or absent by this moment.
    package func isSettling(since moment: Duration) -> Bool { watch.isSettling(since: moment) }

    /// Whether it is time to ask.
    package func isDue(at now: Duration) -> Bool { now >= next }

    /// The cluster is about to be asked, and may not answer.
    ///
    /// - Returns: the time since the last question.
    package mutating func asks(at now: Duration) -> Duration {
        defer { askAgain(after: pace.poll.lowerBound, at: now) }
        return pause
    }

    /// Something has changed that is worth a look before the longest pause is over.
    package mutating func expectNews(at now: Duration) {
        if next - now > pace.busy { askAgain(after: pace.busy, at: now) }
    }

    /// The study has no task to ask for, so no last message of one can come either.
    package mutating func seesNothing(at now: Duration) {
        lost = watch.see([], open: [], now: now)
        (held, hope) = (HeldTasks(), .possible)
    }

    /// Applies one answer.
    ///
    /// - Parameters:
    ///   - sightings: what the cluster says about the study's tasks.
    ///   - open: the running assignments' tasks whose arrays it has.
    ///   - hasHope: whether something may happen all the same, for example because a worker waits for work.
    ///   - lastPause: the time since the previous question.
    /// - Returns: why no task of the study can ever start, once that has lasted long enough; `nil` if one can.
    package mutating func see(
        _ sightings: [TaskSighting], open: [TaskWatch.Open], hasHope: Bool, lastPause: Duration,
        at now: Duration
    ) -> String? {
        lost = watch.see(sightings, open: open, now: now)
        let (states, stuck) = (sightings.map(\.timeless), HeldTasks(sightings))
        if watch.isSettling(since: now) || stuck != held {
            askAgain(after: pace.poll.lowerBound, at: now)
        } else {
            askAgain(
                after: states == lastStates ? min(lastPause * 2, pace.poll.upperBound) : pace.busy, at: now)
        }
        (lastStates, held) = (states, stuck)
        let reason = hasHope ? nil : HeldTasks.hopeless(Set(open.map(\.task)), sightings)
        return hopeless(reason, at: now)
    }

    /// - Returns: the reason, if it has held for long enough.
    private mutating func hopeless(_ reason: String?, at now: Duration) -> String? {
        guard let reason else {
            hope = .possible
            return nil
        }
        let since = if case .hopeless(let since) = hope { since } else { now }
        hope = .hopeless(since: since)
        if now - since >= pace.hopeless { return reason }
        askAgain(after: pace.poll.lowerBound, at: now)
        return nil
    }

    private mutating func askAgain(after pause: Duration, at now: Duration) {
        (self.pause, next) = (pause, now + pause)
    }

    // MARK: Lost tasks

    /// Adds further facts to the states of lost tasks.
    package mutating func explain(_ words: (AssignmentLost) -> AssignmentLost) { lost = lost.map(words) }

    /// The lost assignments were applied, or were not lost.
    package mutating func forgetLost() { lost = [] }

    // MARK: Tasks that the cluster is about to end

    /// The tasks that the cluster is about to end and whose workers were not told yet, each start once.
    package func toWarn(_ sightings: [TaskSighting]) -> [TaskSighting] {
        sightings.filter { $0.endsEarly && warned[$0.task] != $0.restarts }
    }

    /// The workers of these tasks were told.
    package mutating func warned(_ sightings: [TaskSighting]) {
        for sighting in sightings { warned[sighting.task] = sighting.restarts }
    }
}
