// ControllerTests
