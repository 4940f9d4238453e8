#!/bin/bash
# Starts what make.sh configured, as user postgres: etcd, Patroni, haproxy. `start.sh patroni 2` starts one member anew.
cd "$(dirname "$0")"; B=$PWD
CL=e1=http://127.0.0.1:15439,e2=http://127.0.0.1:15441,e3=http://127.0.0.1:15443
etcd_member() {
  c=$((15436+2*$1)); p=$((c+1))
  setsid etcd --name e$1 --data-dir $B/etcd/e$1 --listen-client-urls http://127.0.0.1:$c \
    --advertise-client-urls http://127.0.0.1:$c --listen-peer-urls http://127.0.0.1:$p \
    --initial-advertise-peer-urls http://127.0.0.1:$p --initial-cluster $CL --initial-cluster-token gonghe \
    --initial-cluster-state new --heartbeat-interval 200 --election-timeout 2000 >>log/etcd$1.log 2>&1 </dev/null &
  echo $! >run/etcd$1.pid
}
patroni_member() {
  setsid patroni n$1.yml >>log/patroni$1.log 2>&1 </dev/null & echo $! >run/patroni$1.pid
}
if [ "$1" = patroni ]; then patroni_member $2; exit; fi
for i in 1 2 3; do etcd_member $i; done
sleep 3
for i in 1 2 3; do
  patroni_member $i
  [ $i = 1 ] && sleep 6
done
setsid haproxy -db -f haproxy.cfg >log/haproxy.log 2>&1 </dev/null & echo $! >run/haproxy.pid
sleep 1
