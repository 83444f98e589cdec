# SPDX-License-Identifier: GPL-3.0-or-later
"""A private Postfix in place of the SMTP server: real PIPELINING and DSN. For root only.

    with Servers(root, smtp="postfix") as servers: ...

It listens on the same ports and delivers to Dovecot by LMTP; what goes to other
domains is thrown away. Recipients reject@ and greylist@example.com are refused.
Postfix wants two users of its own; it borrows `mail`, and the group `news`.
"""

import grp
import os
import pwd
import subprocess

OWNER, GROUP = "mail", "news"
QUEUES = ["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming",
          "private", "saved", "trace"]

MAIN = """\
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
daemon_directory = {servers}/usr/lib/postfix/sbin
command_directory = {servers}/usr/sbin
meta_directory = {servers}/etc/postfix
shlib_directory = no
mail_owner = {owner}
setgid_group = {group}
import_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME LD_LIBRARY_PATH={libraries}
export_environment = TZ LANG LD_LIBRARY_PATH={libraries}
maillog_file = {root}/log/postfix.log
maillog_file_prefixes = {root}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = smtp.{domain}
mydestination =
mynetworks =
local_recipient_maps =
alias_maps =
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = inline:{{ {users} }}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
default_transport = discard:
relay_transport = discard:
message_size_limit = {size}
smtpd_tls_chain_files = {certificates}/good.key, {certificates}/good.pem
smtpd_tls_mandatory_protocols = >=TLSv1.2
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {base}/smtp-auth
smtpd_recipient_restrictions = check_recipient_access inline:{{
  {{ reject@example.com = 550 5.1.1 No such user here }},
  {{ greylist@example.com = 451 4.7.1 Greylisted, try again later }} }},
  permit_sasl_authenticated, reject
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtputf8_enable = yes
smtpd_peername_lookup = no
disable_dns_lookups = yes
bounce_notice_recipient = postmaster@{domain}
"""

SERVICES = """\
{smtp} inet n - n - - smtpd -o smtpd_tls_security_level=none
{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
{submission} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def _folders(root):
    owner, group = pwd.getpwnam(OWNER).pw_uid, grp.getgrnam(GROUP).gr_gid
    for name, mode, gid in [("queue", 0o755, 0), ("queue/pid", 0o755, 0), ("data", 0o700, -1),
                            ("log", 0o755, -1), ("queue/public", 0o2710, group),
                            ("queue/maildrop", 0o1730, group),
                            *((f"queue/{name}", 0o700, -1) for name in QUEUES)]:
        path = f"{root}/{name}"
        os.makedirs(path, exist_ok=True)
        os.chown(path, 0 if gid == 0 else owner, gid)
        os.chmod(path, mode)


def start(servers, base, libraries, root, certificates, domain, users, size, ports):
    """Start it with its folders and configuration in root. Returns the process of its master."""
    os.makedirs(root, exist_ok=True)
    _folders(root)
    known = ", ".join(f"{{ {user} = x }}" for user in users)
    with open(root + "/main.cf", "w", encoding="utf-8") as file:
        file.write(MAIN.format(servers=servers, base=base, libraries=libraries, root=root,
                               certificates=certificates, domain=domain, users=known, size=size,
                               owner=OWNER, group=GROUP,
                               lmtp=ports["lmtp"]))
    with open(root + "/master.cf", "w", encoding="utf-8") as file:
        file.write(SERVICES.format(**ports))
    environment = {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": libraries, "MAIL_CONFIG": root}
    with open(root + "/master.log", "ab") as log:
        return subprocess.Popen([servers + "/usr/lib/postfix/sbin/master", "-c", root, "-d"],
                                env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                cwd="/", start_new_session=True)
