# SPDX-License-Identifier: GPL-3.0-or-later
"""Start with a cache: the first painted index, and the memory it takes."""

import bench

SIZES = [(130, 40), (80, 24)]


def _empty(home, columns, lines):
    """(seconds, memory) of the program that does nothing."""
    with bench.Terminal(home, columns=columns, lines=lines, program=bench.program("empty")) as terminal:
        return terminal.painted("ready"), bench.memory(terminal.pid)


def _once(home, columns, lines):
    with bench.Terminal(home, columns=columns, lines=lines) as terminal:
        with bench.Sampler(terminal.pid) as sampler:
            seconds = terminal.painted(bench.NEWEST)
            first = bench.memory(terminal.pid)
            terminal.settle(0.3, 2)
        terminal.quit()
        return seconds, first, sampler.peak


def _series(home, columns, lines, repeat):
    runs = [_once(home, columns, lines) for _ in range(repeat)]
    return {"seconds": bench.median([run[0] for run in runs]),
            "anon": max(run[1]["RssAnon"] for run in runs),
            "rss": max(run[1]["VmRSS"] for run in runs),
            "peak": max(run[2] for run in runs)}


def start_cache(context, report):
    running, repeat = context.running, context.repeat
    for columns, lines in SIZES:
        found = {}
        for kind in ("small", "large"):
            with context.warm_home(kind) as home:
                found[kind] = _series(home, columns, lines, repeat)
                empty = [_empty(home, columns, lines) for _ in range(repeat)]
                running.freeze()
                try:
                    found["stopped"] = _series(home, columns, lines, 3)
                finally:
                    running.thaw()
        where, count = f"{columns}x{lines}", context.sizes["large"]
        large, nothing = found["large"], bench.median([each[0] for each in empty])
        report.bound(f"start to first rows, {count} messages, {where}", large["seconds"], 0.050,
                     note=f"empty program {nothing * 1000:.1f} ms")
        report.bound("  the same, the server stopped", found["stopped"]["seconds"], 0.050)
        report.ratio(f"  {count} against {context.sizes['small']} messages", large["seconds"],
                     found["small"]["seconds"], 1.2)
        report.bound("  RssAnon at the first rows", large["anon"], 12, "MiB")
        report.bound("  RssAnon at any time after", large["peak"], 25, "MiB")
        report.add("  RSS beside the empty program's", large["rss"], empty[-1][1]["VmRSS"], unit="MiB")
