# SPDX-License-Identifier: GPL-3.0-or-later
# The rule of classify.py beside this file: mail is filed by what it names the message.
require ["fileinto", "mailbox", "variables", "vnd.dovecot.execute"];

# rule:[Sorted by words]
if execute :pipe :output "category" "classify" {
    fileinto :create "Sorted/${category}";
}
