# SPDX-License-Identifier: GPL-2.0-or-later
"""Well-known servers and clients as installed. A scenario whose program is missing is skipped (ABSENT)."""
import os
import shutil
import socket
import subprocess
import time

from world import CLIENT, REPLY, REQUEST, SERVER, scenario

ABSENT = set()
NEAR = {"fit": (0.005, 0.020), "judge": (0.010, 0.035)}


def with_programs(*programs, **how):
    """scenario(), if these programs are installed."""
    missing = {name for name in programs if not shutil.which(name)}
    ABSENT.update(missing)
    return (lambda play: play) if missing else scenario(**how)


def start(lab, who, port, *command):
    """A program that runs until the scenario ends; returns once it is listening."""
    child = subprocess.Popen(["ip", "netns", "exec", lab.ns[who], *command], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    lab.children.append(child)
    for _ in range(100):
        if not port or f":{port} " in lab.inside(who, "ss", "-ltnH"):
            return child
        time.sleep(0.05)
    raise RuntimeError(f"{command[0]} does not listen on port {port}")


def written(lab, name, text):
    path = os.path.join(lab.folder(), name)
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
    return path


def nginx(lab, settings=""):
    """One process, port 80, with a small and a large file."""
    folder = lab.folder()
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};"
                         for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = written(lab, "nginx.conf", f"""
        daemon off; master_process off; user root; pid {folder}/pid; error_log {folder}/errors;
        events {{ worker_connections 64; }}
        http {{ access_log off; {temporary} {settings}
                server {{ listen 80; listen [::]:80; root {folder}; }} }}""")
    written(lab, "small", "all is well\n")
    written(lab, "large", "0123456789abcde\n" * 250_000)
    start(lab, "s", 80, "nginx", "-c", config)


def url(lab, path, scheme="http", port=80):
    host = f"[{lab.where}]" if lab.family == 6 else lab.where
    return f"{scheme}://{host}:{port}/{path}"


def shell(lab, who, command):
    lab.inside(who, "timeout", "10", "sh", "-c", command, quiet=True)


@with_programs("haproxy", options={"delays": NEAR, "long": 10})
def haproxy_checks(lab):
    """haproxy checks a port at layer 4: SYN, SYN-ACK, and a reset instead of the third ACK, at a fixed interval."""
    lab.listen(80, backlog=64)
    period = lab.rng.choice((500, 700, 900))
    config = written(lab, "haproxy.cfg", f"""
global
  stats timeout 9s
defaults
  timeout connect 2s
  timeout client 9s
  timeout server 9s
listen checks
  mode tcp
  bind :9000
  server one {lab.where}:80 check inter {period}
""")
    # A period cannot be known before it has repeated.
    lab.expects("health_check", CLIENT, times=2, alike="app_abort half_open_scan", unsure="crs")
    lab.expects("health_check", CLIENT, times=1000, least=4, alike="half_open_scan")
    child = start(lab, "c", 9000, "haproxy", "-db", "-f", config)
    lab.wait(period / 1000 * 7)
    child.kill()
    child.wait()
    lab.wait()


@with_programs("nmap")
def nmap_connects(lab):
    """nmap tries eight ports with connect(): five refuse, three are open and get reset without a byte."""
    for port in (22, 80, 443):
        lab.listen(port)
    lab.expects("half_open_scan", CLIENT, times=3, alike="app_abort connection_race health_check")
    lab.expects("closed_port", SERVER, times=5)
    shell(lab, "c", f"nmap -n -Pn -sT -p 20-21,22-25,80,443 --max-retries 0 {lab.where}")
    lab.wait()


@with_programs("nginx", family=(4, 6), options={"delays": NEAR})
def nginx_refuses_upload(lab):
    """nginx answers a large upload with 413 and closes; the rest of the upload reaches the closed socket."""
    nginx(lab, "client_max_body_size 1k; lingering_timeout 300ms;")
    lab.expects("data_after_close", SERVER, alike="transfer_cancelled app_error unread_data app_abort")
    lab.followers(SERVER)
    c = lab.client()
    c.connect((lab.where, 80))
    try:
        c.sendall(b"POST /small HTTP/1.1\r\nHost: app.example\r\nContent-Length: 900000\r\n\r\n" + bytes(4000))
        lab.wait(lab.pick(0.1, 0.4))
        c.sendall(bytes(3000))
        lab.wait(0.1)
        c.sendall(bytes(3000))
    except OSError:
        pass
    lab.wait(0.2)


@with_programs("nginx", options={"long": 10})
def nginx_gives_up_stalled_reader(lab):
    """The reader of a large file stops reading; nginx resets when its send_timeout expires."""
    nginx(lab, "reset_timedout_connection on; send_timeout 3s;")
    c = lab.client()
    c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    c.connect((lab.where, 80))
    lab.expects("app_timeout", SERVER, alike="app_abort zero_window_timeout", unsure="crs")
    c.sendall(REQUEST.replace(b"/status", b"/large"))
    lab.wait(5.5)


@with_programs("nginx", options={"long": 8})
def nginx_gives_up_unfinished_request(lab):
    """A request is never completed; nginx resets when its client_header_timeout expires."""
    nginx(lab, "reset_timedout_connection on; client_header_timeout 2s;")
    c = lab.client()
    c.connect((lab.where, 80))
    lab.expects("app_timeout", SERVER, alike="app_abort unread_data", unsure="crs")
    c.sendall(REQUEST[:20])
    lab.wait(3.5)


@with_programs("nginx", "curl", family=(4, 6), options={"delays": {"fit": (0.020,), "judge": (0.035,)}})
def curl_stops_download(lab):
    """curl's reader exits while a large file is coming in: curl closes, and the rest reaches the closed socket."""
    nginx(lab, "limit_rate 100k;")  # otherwise hundreds of segments would be on their way
    lab.expects("transfer_cancelled", CLIENT, alike="data_after_close app_abort unread_data")
    lab.followers(CLIENT)
    shell(lab, "c", f"curl -s '{url(lab, 'large')}' | head -c {lab.rng.choice((40000, 70000))} > /dev/null")
    lab.wait(0.3)


@with_programs("openssl", "curl")
def curl_rejects_certificate(lab):
    """curl does not know the issuer of the certificate: it sends a fatal alert and closes with data unread."""
    folder = lab.folder()
    shell(lab, "s", "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=app.example "
                    f"-keyout {folder}/key -out {folder}/certificate 2> /dev/null")
    start(lab, "s", 443, "openssl", "s_server", "-quiet", "-accept", "443", "-key", f"{folder}/key",
          "-cert", f"{folder}/certificate")
    lab.expects("app_error", CLIENT)
    lab.followers(CLIENT)
    shell(lab, "c", f"curl -s -o /dev/null '{url(lab, '', 'https', 443)}'")
    lab.wait(0.3)


@with_programs("redis-server")
def redis_is_full(lab):
    """redis has reached its maximum of clients: it says so and closes, and the next client's command is reset."""
    start(lab, "s", 6379, "redis-server", "--port", "6379", "--bind", lab.where, "--protected-mode", "no",
          "--maxclients", "2", "--save", "", "--dir", lab.folder())
    crowd = [lab.client() for _ in range(3)]
    for c in crowd:
        c.connect((lab.where, 6379))
        lab.wait(0.1)
    lab.expects("data_after_close", SERVER, alike="app_error")
    crowd[2].sendall(b"PING\r\n")
    lab.wait(0.2)


@scenario(family=(4, 6))
def process_killed_mixed(lab):
    """A server that had accepted everything is killed: FIN where nothing was unread, a reset where a request was."""
    code = ("import socket\n"
            f"l=socket.socket(socket.AF_INET6 if ':' in '{lab.where}' else socket.AF_INET)\n"
            f"l.bind(('{lab.where}',80)); l.listen(9); k=[]\n"
            f"while True:\n s,_=l.accept(); k.append(s); s.sendall({REPLY!r})\n")
    child = start(lab, "s", 80, "/usr/bin/python3", "-c", code)
    clients = [lab.dial(80) for _ in range(6)]
    for c in clients:
        c.recv(4096)
    for c in clients[::2]:
        c.sendall(REQUEST)
    lab.wait(lab.pick(0.1, 0.5))
    lab.expects("process_exit", SERVER, times=3, alike="app_abort unread_data")
    child.kill()
    child.wait()
    lab.wait(0.3)
    lab.expects("closed_port", SERVER)
    lab.dial(80)
    lab.wait(0.1)
