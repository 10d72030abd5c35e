package import Spool
package import Tuning

/// A worker's wait for the controller's answer (H9). Either side may create the directive; the first one wins.
package struct AnswerWait: Sendable {
    private let study: StudyDirectory
    private let limit: Duration
    private let time: any TimeSource
    private let note: @Sendable (String) -> Void

    /// A wait without a limit, for a worker that stays.
    package init(
        study: StudyDirectory, stay: Manifest.Stay, time: any TimeSource = SystemTime(),
        note: @escaping @Sendable (String) -> Void
    ) {
        self.study = study
        limit = .seconds(stay.seconds)
        self.time = time
        self.note = note
    }

    /// Waits for the answer to a question. After the limit, or when `mayWait` returns false, the worker withdraws the
    /// question.
    ///
    /// - Returns: the directive that was created first: the controller's answer, or `.gone`.
    package func answer(
        to question: Directive.Question, of attempt: Turn, while mayWait: () -> Bool
    ) async throws(WorkerError) -> Directive {
        let start = time.now
        var pause = WorkerLimits.answerPause.first
        while mayWait(), time.now - start < limit, !Task.isCancelled {
            if let answer = try look(question, attempt) { return taken(answer, question, attempt) }
            await time.sleep(for: pause)
            if pause == WorkerLimits.answerPause.longest {
                // Listing the directory again shows files that the client's cache hides.
                _ = try? study.files.list(study.directives(attempt.token))
                if isFinished(attempt) { return .gone }
            }
            pause = Looks.pause(after: pause, atMost: WorkerLimits.answerPause.longest)
        }
        do throws(SpoolError) {
            let standing = try await Patience(time: time).attempt(note) {
                () throws(SpoolError) -> Directive in
                if isFinished(attempt) { return .gone }
                return try Directive.gone.give(to: question, of: attempt, in: study)
            }
            return standing == .gone ? .gone : taken(standing, question, attempt)
        } catch {
            throw .unpublished("cannot record that the worker has stopped waiting: \(error)")
        }
    }

    /// Whether no answer can come any more: the array is over and its directory for answers is removed.
    private func isFinished(_ attempt: Turn) -> Bool {
        (try? FinishedArrays.contains(attempt.token, in: study)) == true
    }

    /// The answer, if this node can see it.
    private func look(
        _ question: Directive.Question, _ attempt: Turn
    ) throws(WorkerError) -> Directive? {
        do throws(SpoolError) {
            return try Directive.standing(to: question, of: attempt, in: study)
        } catch {
            if case .file(let failure) = error, failure.mayPass { return nil }
            throw .unpublished("the answer cannot be read: \(error)")
        }
    }

    /// Removes an answer that was read. A file that cannot be removed does no harm.
    private func taken(
        _ answer: Directive, _ question: Directive.Question, _ attempt: Turn
    ) -> Directive {
        try? study.files.remove(study.directive(attempt, question))
        return answer
    }
}
