import Testing
import Worker

@Suite struct TaskArgumentsTests {
    @Test func `what a batch script writes is read without ArgumentParser`() {
        let read = TaskArguments(plain: [
            "run", "--study", "/a b/s", "--token", "0123456789abcdef", "--time-limit", "600",
            "--leave-seconds", "60",
        ])
        let meant = TaskArguments(
            study: "/a b/s", token: "0123456789abcdef", timeLimit: 600, leaveSeconds: 60)
        #expect(read == meant)
        #expect(
            TaskArguments(plain: ["run", "--index", "3", "--token", "x", "--study", "s"])
                == TaskArguments(study: "s", token: "x", index: 3))
    }

    @Test(arguments: [
        [], ["report"], ["run"], ["run", "--help"], ["run", "--study", "s"],
        ["run", "--study", "s", "--token"],
        ["run", "--study", "s", "--token", "t", "--index", "many"],
        ["run", "--study", "s", "--token", "t", "--token", "u"],
        ["run", "--study", "s", "--token", "t", "--what", "1"],
        ["run", "--study", "s", "--token", "t", "--index", "-1"], ["run", "--study=s", "--token", "t"],
    ])
    func `all else is left to it`(arguments: [String]) {
        #expect(TaskArguments(plain: arguments[...]) == nil)
    }
}
