-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- A site's submit plugin, for the tests: one partition is refused with a message, one without.

function slurm_job_submit(job, partitions, uid)
    if job.partition == "staff" then
        slurm.log_user("partition staff is for the staff; ask the help desk for partition main")
        return slurm.ERROR
    end
    if job.partition == "silent" then
        return slurm.ERROR
    end
    return slurm.SUCCESS
end

function slurm_job_modify(job, record, partitions, uid)
    return slurm.SUCCESS
end
