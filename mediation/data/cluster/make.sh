#!/bin/bash
# Writes every configuration of a cluster of three into the current folder: PostgreSQL under Patroni, etcd, and, for
# clients that know one address only, pgbouncer before haproxy. Run once as root, the rest is run as user postgres.
# As it stands all three members are on this machine, for the drill. For three machines write each member's own address
# in place of 127.0.0.1, give passwords of your own, and switch TLS on (etcd, Patroni's REST, hostssl in pg_hba).
set -e
B=$PWD
: "${SU_PASSWORD:?}" "${REPLICATION_PASSWORD:?}" "${REWIND_PASSWORD:?}" "${SERVERS_PASSWORD:?}"
BIN=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
mkdir -p etcd pg log run
for i in 1 2 3; do
pgp=$((15431+i)); rest=$((15434+i))
cat > n$i.yml <<Y
scope: gonghe
namespace: /gonghe/
name: n$i
restapi: {listen: 127.0.0.1:$rest, connect_address: 127.0.0.1:$rest}
etcd3: {hosts: [127.0.0.1:15438, 127.0.0.1:15440, 127.0.0.1:15442]}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 2
    retry_timeout: 5
    maximum_lag_on_failover: 1048576
    primary_start_timeout: 0
    synchronous_mode: true
    synchronous_node_count: 1
    failsafe_mode: true
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters:
        synchronous_commit: 'on'
        wal_level: replica
        hot_standby: 'on'
        hot_standby_feedback: 'on'
        max_connections: 100
        max_wal_senders: 6
        max_replication_slots: 6
        wal_log_hints: 'on'
        shared_buffers: 64MB
        wal_keep_size: 64MB
        max_wal_size: 256MB
        autovacuum_max_workers: 1
        max_worker_processes: 4
        max_parallel_workers: 0
        tcp_keepalives_idle: 10
        tcp_keepalives_interval: 5
        tcp_keepalives_count: 3
        tcp_user_timeout: 15000
        wal_sender_timeout: 10s
        wal_receiver_timeout: 10s
  initdb: [{encoding: UTF8}, data-checksums, {locale: C.UTF-8}]
postgresql:
  listen: 127.0.0.1:$pgp
  connect_address: 127.0.0.1:$pgp
  data_dir: $B/pg/n$i
  bin_dir: $BIN
  pgpass: $B/run/pgpass$i
  parameters: {unix_socket_directories: $B/run}
  authentication:
    superuser: {username: postgres, password: $SU_PASSWORD}
    replication: {username: replicator, password: $REPLICATION_PASSWORD}
    rewind: {username: rewinder, password: $REWIND_PASSWORD}
  pg_hba:
    - local all postgres peer
    - host replication replicator 127.0.0.1/32 scram-sha-256
    - host all all 127.0.0.1/32 scram-sha-256
Y
chmod 600 n$i.yml
done
cat > haproxy.cfg <<Y
global
    maxconn 300
defaults
    mode tcp
    timeout connect 2s
    timeout client 2h
    timeout server 2h
    timeout check 2s
    retries 2
listen write
    bind 127.0.0.1:15444
    option httpchk OPTIONS /primary
    http-check expect status 200
    default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
    server n1 127.0.0.1:15432 maxconn 100 check port 15435
    server n2 127.0.0.1:15433 maxconn 100 check port 15436
    server n3 127.0.0.1:15434 maxconn 100 check port 15437
listen read
    bind 127.0.0.1:15445
    option httpchk OPTIONS /replica?lag=16MB
    http-check expect status 200
    default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
    server n1 127.0.0.1:15432 maxconn 100 check port 15435
    server n2 127.0.0.1:15433 maxconn 100 check port 15436
    server n3 127.0.0.1:15434 maxconn 100 check port 15437
Y
cat > pgbouncer.ini <<Y
[databases]
gonghe = host=127.0.0.1 port=15444 dbname=gonghe
gonghe_read = host=127.0.0.1 port=15445 dbname=gonghe
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = 15447
unix_socket_dir = $B/run
auth_type = scram-sha-256
auth_file = $B/userlist.txt
; by session: prepared statements of clients collide where transactions share a connection
pool_mode = session
default_pool_size = 30
max_client_conn = 300
server_login_retry = 1
query_wait_timeout = 30
logfile = $B/log/pgbouncer.log
pidfile = $B/run/pgbouncer.pid
Y
echo "\"gonghe\" \"$SERVERS_PASSWORD\"" > userlist.txt
chmod 600 userlist.txt
chown -R postgres:postgres "$B"
