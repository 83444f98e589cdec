# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of the private Dovecot (2.3)."""

from certificates import FOREIGN, HOSTS

# What Dovecot 2.3 offers after login, so that a test can take words away.
CAPABILITIES = (
    "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES "
    "THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN "
    "NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES "
    "WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW "
    "STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE"
).split()

MECHANISMS = "plain login scram-sha-1 scram-sha-256"
ROLES = ["Drafts", "Sent", "Trash", "Junk", "Archive"]

# Fields that clients ask for: kept in Dovecot's cache from the first delivery on.
CACHED = ("flags date.received date.sent date.save size.virtual size.physical imap.bodystructure "
          "imap.envelope " + " ".join("hdr." + name for name in (
              "from to cc bcc sender reply-to subject date message-id in-reply-to references "
              "list-id list-post list-unsubscribe list-unsubscribe-post x-priority importance "
              "priority x-msmail-priority auto-submitted authentication-results content-type "
              "mail-followup-to delivered-to x-original-to precedence thread-topic thread-index "
              "x-spam-flag x-spam-score x-spam-status").split()))

TEMPLATE = """\
base_dir = {base}
state_dir = {base}/state
instance_name = posthorn-test
libexec_dir = {servers}/usr/lib/dovecot
mail_plugin_dir = {servers}/usr/lib/dovecot/modules
import_environment = TZ LD_PRELOAD={servers}/redirect.so LD_LIBRARY_PATH={libraries}
log_path = {root}/dovecot.log
protocols = imap lmtp sieve
listen = {addresses}
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
default_vsz_limit = 8 G
default_process_limit = 200
default_client_limit = 4000
mail_max_userip_connections = 0
first_valid_uid = {uid}
first_valid_gid = {gid}
shutdown_clients = yes
verbose_proctitle = no

ssl = {ssl}
ssl_min_protocol = TLSv1.2
ssl_cert = <{root}/ca/good.pem
ssl_key = <{root}/ca/good.key
{locals}
disable_plaintext_auth = {secure}
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = {root}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%n
}}

mail_location = {format}:~/mail
mail_fsync = never
mail_cache_min_mail_count = 0
mail_always_cache_fields = {cached}
mailbox_idle_check_interval = 1 s
mailbox_list_index = yes
lmtp_save_to_detail_mailbox = no
recipient_delimiter = +
postmaster_address = postmaster@{domain}
hostname = mail.{domain}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
{roles}
}}
{public}
plugin {{
  sieve = file:~/sieve;active=~/active.sieve
{sieve_lines}
}}
imap_logout_format = in=%i out=%o
{capability}
protocol imap {{
  mail_plugins = {imap_plugins}
  {rawlog}
}}
protocol lmtp {{
  mail_plugins = sieve
  {autocreate}
}}

service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service managesieve-login {{
  chroot =
  service_count = 0
  inet_listener sieve {{
    port = {sieve}
  }}
}}
service lmtp {{
  user = {user}
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service imap {{
  process_min_avail = 1
}}
service anvil {{
  chroot =
}}
service auth {{
  unix_listener smtp-auth {{
    mode = 0666
  }}
}}
service auth-worker {{
  user = {user}
}}
service stats {{
  chroot =
}}
"""


# Not in what LIST "" "*" tells: it must be asked for.
PUBLIC = """\
namespace public {{
  type = public
  separator = {separator}
  prefix = Public{separator}
  location = {format}:{root}/public
  subscriptions = no
  list = no
}}
"""


def _role(name):
    return f"  mailbox {name} {{\n    auto = subscribe\n    special_use = \\{name}\n  }}"


def _local(name):
    return (f"local {HOSTS[name]} {{\n  ssl_cert = <%(root)s/ca/{name}.pem\n"
            f"  ssl_key = <%(root)s/ca/{name}.key\n}}\n")


def configuration(servers, libraries, root, base, account, ports, domain, options):
    """The text of dovecot.conf. account is (user, group, uid, gid), ports a dict."""
    without = {word.upper() for word in options.without}
    offered = [word for word in CAPABILITIES if word not in without]
    plugins = "zlib" if "COMPRESS=DEFLATE" in without else "zlib imap_zlib"
    bad = [name for name in HOSTS if name != "good"]
    return TEMPLATE.format(
        servers=servers, libraries=libraries, root=root, base=base, domain=domain,
        user=account[0], group=account[1], uid=account[2], gid=account[3],
        addresses=", ".join([*HOSTS.values(), FOREIGN]), ssl="no" if "STARTTLS" in without else
        "required" if options.tls_required else "yes",
        secure="yes" if options.tls_required else "no",
        locals="".join(_local(name) for name in bad) % {"root": root},
        mechanisms=options.mechanisms or MECHANISMS, format=options.format, cached=CACHED,
        separator=options.separator, prefix=options.prefix,
        roles="\n".join(_role(name) for name in ROLES) if options.roles else "",
        public=PUBLIC.format(separator=options.separator, format=options.format, root=root)
        if options.public else "",
        imap_plugins=plugins, sieve_lines=options.sieve,
        autocreate="lda_mailbox_autocreate = yes" if options.sieve else "",
        capability=f"imap_capability = {' '.join(offered)}" if without else "",
        rawlog="rawlog_dir = %h/rawlog" if options.rawlog else "", **ports)
