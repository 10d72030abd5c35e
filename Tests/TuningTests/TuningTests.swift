// TuningTests
