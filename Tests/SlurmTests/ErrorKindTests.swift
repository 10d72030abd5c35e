#if Slurm
    import Testing

    @testable import Slurm

    /// Which of Slurm's error numbers are refusals, and which may pass.
    @Suite struct ErrorKindTests {
        private func kind(_ code: Int32) -> SlurmError.Trouble? { SlurmError.Trouble(code: code) }

        @Test(
            arguments: [
                2000,  // partition
                2006,  // number of nodes
                2014,  // node configuration
                2029,  // features
                2038,  // dependency
                2045,  // account
                2048,  // licences
                2051,  // time limit
                2053,  // reservation
                2066,  // QOS
                2072,  // generic resources
                2115,  // TRES
                8000,  // no time limit where the site wants one
            ] as [Int32])
        func `what was asked for is refused for good`(code: Int32) { #expect(kind(code) == .refused) }

        @Test(
            arguments: [
                1001,  // connection
                1013,  // a socket that is missing
                1800,  // slurmctld away
                1804, 1805,  // slurmctld drops requests, in later versions
                2016,  // nodes busy
                2027,  // a backup that stands by
                2040,  // licences that are all in use, in later versions
                2068,  // a node that is down
                2101,  // a partition that is down
                2105,  // submissions that are disabled
                2125,  // a deferred decision
                6000, 6001,  // credentials
                7000,  // the database
                -1,  // unspecified
            ] as [Int32])
        func `what may pass is tried again`(code: Int32) {
            #expect(kind(code) == .busy || kind(code) == .doubtful)
        }

        @Test func `a connection that is closed in the middle leaves it open whether the job was taken`() {
            #expect([1003, 1013, 5004].allSatisfy { kind($0) == .doubtful })
        }

        @Test func `limits have a rule of their own`() {
            #expect([2050, 2074, 2081].allSatisfy { kind($0) == .overLimit })
            #expect(kind(0) == nil)
        }

        @Test func `a number that no version has used is tried again`() {
            for code in [3, 77, 1_499, 2_199, 2_500, 4_242, 9_999, 20_000, 1_000_000] as [Int32] {
                #expect(kind(code) == .busy, "\(code)")
            }
            let refused = (0...20_000).filter { kind($0) == .refused }
            #expect(refused.count == 62)
            #expect(refused.allSatisfy { (2_000..<2_200).contains($0) || $0 == 8_000 })
        }
    }
#endif
