"""The statements: each returns one text, which is JSON. A comment names it for the server's log.

Without pg_monitor the server hides what other users run.
"""

from typing import Final

SERVER: Final = """
SELECT json_build_object(
  'version', current_setting('server_version'),
  'started', pg_postmaster_start_time(),
  'system', (SELECT system_identifier::text FROM pg_control_system()),
  'connections', (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
  'maximum', current_setting('max_connections')::int,
  'isReplica', pg_is_in_recovery(),
  'receiver', (SELECT status FROM pg_stat_wal_receiver LIMIT 1),
  'replayLag', CASE WHEN NOT pg_is_in_recovery() THEN NULL
    WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
    ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) END,
  'archives', current_setting('archive_mode') <> 'off',
  'archived', (SELECT last_archived_time FROM pg_stat_archiver),
  'archiveFails', (SELECT coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false)
    FROM pg_stat_archiver),
  'rights', (SELECT coalesce(json_agg(rolname), '[]') FROM pg_roles
    WHERE rolname IN ('pg_monitor', 'pg_signal_backend') AND pg_has_role(oid, 'USAGE')))::text
"""

DATABASES: Final = """
SELECT coalesce(json_agg(json_build_object(
  'id', d.oid::text, 'name', d.datname, 'age', age(d.datfrozenxid),
  'size', CASE WHEN has_database_privilege(d.oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE')
    THEN pg_database_size(d.oid) END,
  'connections', s.numbackends, 'deadlocks', s.deadlocks)), '[]')::text
FROM pg_database d JOIN pg_stat_database s ON s.datid = d.oid
WHERE d.datallowconn AND NOT d.datistemplate
"""

BASE_BACKUP: Final = """
SELECT json_build_object('ended', max(modification))::text FROM pg_ls_waldir() WHERE name LIKE '%.backup'
"""
"""The history file of the last base backup; it is kept while the write-ahead log is archived."""

REPLICAS: Final = """
SELECT coalesce(json_agg(json_build_object('name', application_name, 'state', state,
  'lag', CASE WHEN pg_is_in_recovery() THEN NULL
    WHEN pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) = 0 THEN 0
    ELSE extract(epoch FROM replay_lag) END)), '[]')::text
FROM pg_stat_replication
"""

QUERIES: Final = """
SELECT coalesce(json_agg(json_build_object(
  'pid', pid, 'start', (extract(epoch FROM query_start) * 1000000)::bigint, 'database', datname,
  'user', usename, 'application', application_name, 'state', state,
  'seconds', extract(epoch FROM clock_timestamp() - query_start),
  'blockedBy', pg_blocking_pids(pid), 'text', left(query, 2000))), '[]')::text
FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle'
"""

TABLES: Final = """
SELECT coalesce(json_agg(t), '[]')::text FROM (
  SELECT schemaname || '.' || relname AS name, n_live_tup AS live, n_dead_tup AS dead,
    greatest(last_vacuum, last_autovacuum) AS vacuumed, pg_total_relation_size(relid) AS size
  FROM pg_stat_user_tables ORDER BY pg_total_relation_size(relid) DESC LIMIT 100) t
"""

END: Final = """
SELECT json_build_object('done', {function}(pid))::text FROM pg_stat_activity
WHERE pid = {pid} AND (extract(epoch FROM query_start) * 1000000)::bigint = {start}
"""
"""Only the very query: a process may have another one by now."""

READS: Final = {
    "server": SERVER,
    "databases": DATABASES,
    "base_backup": BASE_BACKUP,
    "replicas": REPLICAS,
    "queries": QUERIES,
    "tables": TABLES,
}
