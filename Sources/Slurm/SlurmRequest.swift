#if Slurm
    import CSlurm

    extension SlurmSubmission {
        /// Sends the submission.
        ///
        /// - Returns: the array's job id.
        func send() throws(SlurmError) -> UInt32 {
            var texts = BorrowedTexts()
            defer { texts.free() }
            var request = stune_slurm_request()
            request.name = UnsafePointer(texts.borrow(name))
            request.script = UnsafePointer(texts.borrow(script))
            request.indices = UnsafePointer(texts.borrow(TaskIndices.text(indices)))
            request.work_dir = UnsafePointer(texts.borrow(workingDirectory))
            request.output = UnsafePointer(texts.borrow(output))
            request.comment = UnsafePointer(texts.borrow(comment))
            request.partition = texts.borrow(partition)
            request.account = texts.borrow(account)
            request.qos = texts.borrow(qos)
            request.constraint = texts.borrow(constraint)
            request.reservation = texts.borrow(reservation)
            request.nodelist = texts.borrow(nodelist)
            request.exclude = texts.borrow(exclude)
            request.licenses = texts.borrow(licenses)
            request.wckey = texts.borrow(wckey)
            request.gres = texts.borrow(gres)
            request.gpus = texts.borrow(gpus)
            request.gpus_per_node = texts.borrow(gpusPerNode)
            request.gpus_per_task = texts.borrow(gpusPerTask)
            let unset = UInt32.max
            request.time_limit = timeLimitMinutes ?? unset
            request.min_nodes = minNodes ?? unset
            request.max_nodes = maxNodes ?? unset
            request.ntasks = ntasks ?? unset
            request.ntasks_per_node = ntasksPerNode ?? unset
            request.cpus_per_task = cpusPerTask ?? unset
            request.cpus_per_gpu = cpusPerGPU ?? unset
            request.memory_per_node = memoryPerNodeMiB ?? UInt64(unset)
            request.memory_per_cpu = memoryPerCPUMiB ?? UInt64(unset)
            request.memory_per_gpu = memoryPerGPUMiB ?? UInt64(unset)
            request.nice = nice
            request.exclusive = exclusive ? 1 : 0
            request.requeue = requeue.map { $0 ? 1 : 0 } ?? unset
            request.warning = warningSeconds ?? unset
            (request.environment, request.environment_count) = texts.borrow(environment)
            var job: UInt32 = 0
            try stune_slurm_submit(&request, &job).check()
            return job
        }
    }
#endif
