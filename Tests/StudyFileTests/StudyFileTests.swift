// StudyFileTests
