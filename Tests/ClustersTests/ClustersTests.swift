// ClustersTests
