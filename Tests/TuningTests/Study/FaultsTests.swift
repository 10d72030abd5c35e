import Testing

@testable import Tuning

/// What follows from events that cannot happen.
@Suite struct FaultsTests {
    #if DEBUG
        @Test func `it stops a debug build, so that a test shows it`() async {
            await #expect(processExitsWith: .failure) {
                var faults = Faults()
                faults.note("trial 3 rests, and is underway")
            }
        }
    #else
        @Test func `a release counts it, and keeps the newest in words`() {
            var faults = Faults()
            faults.note("trial 3 rests, and is underway")
            faults.note("trial 4 rests, and is gone")
            #expect(faults.count == 2)
            #expect(faults.newest == "trial 4 rests, and is gone")
        }
    #endif
}
