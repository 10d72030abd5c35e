/// The fields of Slurm's structs that this target reads or writes: the field's name in a row of the table, the struct,
/// the member. The file that includes this defines what `F` makes of them.
///
/// After adding a field, run `measure-layouts`.
#ifndef STUNE_CSLURM_FIELDS_H
#define STUNE_CSLURM_FIELDS_H

// clang-format off
#define STUNE_SLURM_FIELDS(F) \
    F(desc_account, job_desc_msg_t, account) \
    F(desc_argc, job_desc_msg_t, argc) \
    F(desc_argv, job_desc_msg_t, argv) \
    F(desc_array_inx, job_desc_msg_t, array_inx) \
    F(desc_bitflags, job_desc_msg_t, bitflags) \
    F(desc_cluster_features, job_desc_msg_t, cluster_features) \
    F(desc_comment, job_desc_msg_t, comment) \
    F(desc_cpus_per_task, job_desc_msg_t, cpus_per_task) \
    F(desc_cpus_per_tres, job_desc_msg_t, cpus_per_tres) \
    F(desc_dependency, job_desc_msg_t, dependency) \
    F(desc_env_size, job_desc_msg_t, env_size) \
    F(desc_environment, job_desc_msg_t, environment) \
    F(desc_exc_nodes, job_desc_msg_t, exc_nodes) \
    F(desc_features, job_desc_msg_t, features) \
    F(desc_group_id, job_desc_msg_t, group_id) \
    F(desc_licenses, job_desc_msg_t, licenses) \
    F(desc_mail_type, job_desc_msg_t, mail_type) \
    F(desc_mail_user, job_desc_msg_t, mail_user) \
    F(desc_max_nodes, job_desc_msg_t, max_nodes) \
    F(desc_mem_per_tres, job_desc_msg_t, mem_per_tres) \
    F(desc_min_cpus, job_desc_msg_t, min_cpus) \
    F(desc_min_nodes, job_desc_msg_t, min_nodes) \
    F(desc_name, job_desc_msg_t, name) \
    F(desc_network, job_desc_msg_t, network) \
    F(desc_nice, job_desc_msg_t, nice) \
    F(desc_ntasks_per_node, job_desc_msg_t, ntasks_per_node) \
    F(desc_num_tasks, job_desc_msg_t, num_tasks) \
    F(desc_open_mode, job_desc_msg_t, open_mode) \
    F(desc_partition, job_desc_msg_t, partition) \
    F(desc_pn_min_cpus, job_desc_msg_t, pn_min_cpus) \
    F(desc_pn_min_memory, job_desc_msg_t, pn_min_memory) \
    F(desc_pn_min_tmp_disk, job_desc_msg_t, pn_min_tmp_disk) \
    F(desc_qos, job_desc_msg_t, qos) \
    F(desc_req_nodes, job_desc_msg_t, req_nodes) \
    F(desc_requeue, job_desc_msg_t, requeue) \
    F(desc_reservation, job_desc_msg_t, reservation) \
    F(desc_script, job_desc_msg_t, script) \
    F(desc_shared, job_desc_msg_t, shared) \
    F(desc_std_err, job_desc_msg_t, std_err) \
    F(desc_std_in, job_desc_msg_t, std_in) \
    F(desc_std_out, job_desc_msg_t, std_out) \
    F(desc_time_limit, job_desc_msg_t, time_limit) \
    F(desc_tres_per_job, job_desc_msg_t, tres_per_job) \
    F(desc_tres_per_node, job_desc_msg_t, tres_per_node) \
    F(desc_tres_per_task, job_desc_msg_t, tres_per_task) \
    F(desc_user_id, job_desc_msg_t, user_id) \
    F(desc_warn_flags, job_desc_msg_t, warn_flags) \
    F(desc_warn_signal, job_desc_msg_t, warn_signal) \
    F(desc_warn_time, job_desc_msg_t, warn_time) \
    F(desc_wckey, job_desc_msg_t, wckey) \
    F(desc_work_dir, job_desc_msg_t, work_dir) \
    F(info_account, job_info_t, account) \
    F(info_array_job_id, job_info_t, array_job_id) \
    F(info_array_task_id, job_info_t, array_task_id) \
    F(info_array_task_str, job_info_t, array_task_str) \
    F(info_batch_flag, job_info_t, batch_flag) \
    F(info_cluster_features, job_info_t, cluster_features) \
    F(info_command, job_info_t, command) \
    F(info_comment, job_info_t, comment) \
    F(info_cpus_per_task, job_info_t, cpus_per_task) \
    F(info_cpus_per_tres, job_info_t, cpus_per_tres) \
    F(info_dependency, job_info_t, dependency) \
    F(info_end_time, job_info_t, end_time) \
    F(info_exc_nodes, job_info_t, exc_nodes) \
    F(info_features, job_info_t, features) \
    F(info_job_id, job_info_t, STUNE_SLURM_JOB_ID) \
    F(info_job_state, job_info_t, job_state) \
    F(info_licenses, job_info_t, licenses) \
    F(info_mail_type, job_info_t, mail_type) \
    F(info_mail_user, job_info_t, mail_user) \
    F(info_mem_per_tres, job_info_t, mem_per_tres) \
    F(info_name, job_info_t, name) \
    F(info_network, job_info_t, network) \
    F(info_nice, job_info_t, nice) \
    F(info_nodes, job_info_t, nodes) \
    F(info_ntasks_per_node, job_info_t, ntasks_per_node) \
    F(info_num_cpus, job_info_t, num_cpus) \
    F(info_num_nodes, job_info_t, num_nodes) \
    F(info_num_tasks, job_info_t, num_tasks) \
    F(info_partition, job_info_t, partition) \
    F(info_pn_min_memory, job_info_t, pn_min_memory) \
    F(info_pn_min_tmp_disk, job_info_t, pn_min_tmp_disk) \
    F(info_qos, job_info_t, qos) \
    F(info_req_nodes, job_info_t, req_nodes) \
    F(info_requeue, job_info_t, requeue) \
    F(info_restart_cnt, job_info_t, restart_cnt) \
    F(info_resv_name, job_info_t, resv_name) \
    F(info_shared, job_info_t, shared) \
    F(info_start_time, job_info_t, start_time) \
    F(info_state_desc, job_info_t, state_desc) \
    F(info_state_reason, job_info_t, state_reason) \
    F(info_std_err, job_info_t, std_err) \
    F(info_std_in, job_info_t, std_in) \
    F(info_std_out, job_info_t, std_out) \
    F(info_time_limit, job_info_t, time_limit) \
    F(info_tres_per_job, job_info_t, tres_per_job) \
    F(info_tres_per_node, job_info_t, tres_per_node) \
    F(info_tres_per_task, job_info_t, tres_per_task) \
    F(info_user_id, job_info_t, user_id) \
    F(info_wckey, job_info_t, wckey) \
    F(info_work_dir, job_info_t, work_dir) \
    F(answer_job_array, job_info_msg_t, job_array) \
    F(answer_last_update, job_info_msg_t, last_update) \
    F(answer_record_count, job_info_msg_t, record_count) \
    F(response_job_id, submit_response_msg_t, STUNE_SLURM_JOB_ID) \
    F(response_message, submit_response_msg_t, job_submit_user_msg) \
    F(conf_max_array_size, slurm_conf_t, max_array_sz)
// clang-format on

/// The member with a job's number. Only files that include Slurm's headers use it.
#ifdef SLURM_VERSION_NUMBER
#if SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(25, 11, 0)
#define STUNE_SLURM_JOB_ID step_id.job_id
#else
#define STUNE_SLURM_JOB_ID job_id
#endif
#endif

#endif
