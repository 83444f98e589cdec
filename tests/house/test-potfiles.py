# SPDX-License-Identifier: GPL-3.0-or-later
"""po/POTFILES.in names every file with text to translate, and no other."""

import os
import subprocess

import house

RESULT = subprocess.run([os.path.join(house.TOP, "contrib/update-potfiles"), "--check"],
                        capture_output=True, text=True, check=False)
house.check("po/POTFILES.in is complete and sorted (contrib/update-potfiles mends it)",
            (RESULT.stdout + RESULT.stderr).splitlines() if RESULT.returncode else [])
house.done()
