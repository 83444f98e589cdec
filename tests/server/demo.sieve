# SPDX-License-Identifier: GPL-3.0-or-later
# Rules of the demo: Esc R lists them, Enter there opens a form, T shows what they would do.
require ["fileinto", "imap4flags", "mailbox"];

# rule:[Newsletters]
if anyof (
	header :matches "list-id" ["weekly.gardens.example.com", "*<weekly.gardens.example.com>*"],
	header :matches "list-id" ["announce.rails.example.net", "*<announce.rails.example.net>*"])
{
	fileinto :create "Newsletters";
	stop;
}

# rule:[Invoices]
if allof (
	address :domain :matches "from" ["power.example.net", "*.power.example.net"],
	header :contains "subject" "invoice")
{
	addflag "\\Flagged";
	fileinto :create "Accounting";
	stop;
}
