# SPDX-License-Identifier: GPL-3.0-or-later
"""A private Cyrus (3.6): another server than Dovecot, and one whose IDLE tells at once.

It has OBJECTID, which Dovecot 2.3 has not. Users are domain users of the default
domain; a folder is made when a user logs in first (autocreate).
"""

import os
import subprocess

from certificates import HOSTS
from fetch import Unavailable

ROLES = ["Drafts", "Sent", "Trash", "Junk", "Archive"]
ADMIN = "postmaster"  # may make the folders of all: see Servers.passwords

IMAPD = """\
configdirectory: {base}/conf
partition-default: {root}/spool
defaultpartition: default
cyrus_user: {user}
servername: {domain}
defaultdomain: {domain}
virtdomains: userid
admins: {admin}
unixhierarchysep: {slash}
altnamespace: yes
umask: 077
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {base}/sasldb
sasl_mech_list: PLAIN LOGIN SCRAM-SHA-1 SCRAM-SHA-256
autocreate_quota: 0
autocreate_post: yes
{roles}
imapidlepoll: 1
idlesocket: {base}/idle
lmtpsocket: {base}/lmtp
notifysocket: {base}/notify
lmtp_downcase_rcpt: yes
duplicatesuppression: no
expunge_mode: immediate
delete_mode: immediate
conversations: yes
hashimapspool: no
maxlogins_per_host: 0
maxlogins_per_user: 0
tls_server_cert: {root}/ca/good.pem
tls_server_key: {root}/ca/good.key
tls_versions: tls1_2 tls1_3
sieveusehomedir: no
sievedir: {root}/sieve
{without}
"""

# Each program is told where its configuration is.
MASTER = """\
START {{
  recover cmd="{bin}/ctl_cyrusdb -C {conf} -r"
  idled cmd="{bin}/idled -C {conf}"
}}
SERVICES {{
{services}
  lmtp cmd="{bin}/lmtpd -C {conf} -a" listen="127.0.0.1:{lmtp}" prefork=0
}}
EVENTS {{
}}
"""
SERVICE = '  {name} cmd="{bin}/imapd -C {conf}{tls}" listen="{host}:{port}" prefork=0 maxchild=200'


def _write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _passwords(folder, environment, database, passwords):
    for address, password in passwords.items():
        user, _, domain = address.partition("@")
        made = subprocess.run([folder + "/usr/sbin/saslpasswd2", "-c", "-p", "-f", database,
                               "-u", domain, user], input=password, text=True, env=environment,
                              capture_output=True, check=False)
        if made.returncode:
            raise Unavailable(f"saslpasswd2 makes no password: {made.stderr.strip()}")


def prepare(folder, libraries, root, base, account, ports, domain, passwords, options):
    """Write the configuration; the command that starts it, and its environment."""
    environment = {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": libraries, "CYRUS_VERBOSE": "1"}
    sasl = [path for triplet in os.listdir(folder + "/usr/lib")
            for path in (f"{folder}/usr/lib/{triplet}/sasl2", f"/usr/lib/{triplet}/sasl2")
            if os.path.isdir(path)]
    environment["SASL_PATH"] = ":".join(sasl)
    conf = base + "/imapd.conf"
    binaries = folder + "/usr/lib/cyrus/bin"
    roles = [f"autocreate_inbox_folders: {' | '.join(ROLES)}",
             f"autocreate_subscribe_folders: {' | '.join(ROLES)}",
             *(f"xlist-{name.lower()}: {name}" for name in ROLES)] if options.roles else []
    without = [f"suppress_capabilities: {' '.join(options.without)}"] if options.without else []
    _write(conf, IMAPD.format(root=root, base=base, user=account[0], domain=domain, admin=ADMIN,
                              slash="yes" if options.separator == "/" else "no",
                              roles="\n".join(roles), without="\n".join(without)))
    hosts = {"127.0.0.1", HOSTS["good"]}
    services = [SERVICE.format(name=f"imap{number}{port}", bin=binaries, conf=conf, host=host,
                               tls=" -s" if port == "imaps" else "", port=ports[port])
                for number, host in enumerate(sorted(hosts)) for port in ("imap", "imaps")]
    _write(base + "/cyrus.conf", MASTER.format(bin=binaries, conf=conf, lmtp=ports["lmtp"],
                                               services="\n".join(services)))
    _passwords(folder, environment, base + "/sasldb", passwords)
    return [binaries + "/master", "-D", "-C", conf, "-M", base + "/cyrus.conf",
            "-p", base + "/master.pid"], environment


FOLDERS = ["conf", "conf/db", "conf/socket", "conf/proc", "conf/log", "conf/msg", "conf/lock", "conf/user",
           "conf/quota"]
