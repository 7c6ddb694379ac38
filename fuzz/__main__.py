"""`./zige fuzz [--examples N] [target …]`: run the targets, all of them unless some are named."""

from __future__ import annotations

import argparse
import sys
import time

from hypothesis import HealthCheck, given, settings

from fuzz.targets import TARGETS, Target


def main() -> int:
    """Run the chosen targets; 1 when one of them found something."""
    parser = argparse.ArgumentParser(
        prog="zige fuzz", description="用随机数据反复测试解释器、决策表和流程检查。"
    )
    parser.add_argument(
        "targets", nargs="*", metavar="target", help=f"可选：{'、'.join(TARGETS)}；不写则全部"
    )
    parser.add_argument("--examples", type=int, default=5_000, help="每个目标的例子数（默认 5000）")
    chosen = parser.parse_args()
    unknown = sorted(set(chosen.targets) - TARGETS.keys())
    if unknown:
        parser.error(f"没有这些目标：{'、'.join(unknown)}")
    results = [_run(name, TARGETS[name], chosen.examples) for name in chosen.targets or TARGETS]
    return 0 if all(results) else 1


def _run(name: str, target: Target, examples: int) -> bool:
    began = time.monotonic()
    limits = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    try:
        limits(given(target.inputs)(target.check))()
    except Exception as error:
        print(f"{name}：发现问题 {type(error).__name__}: {error}", *getattr(error, "__notes__", []), sep="\n")
        return False
    print(f"{name}：{examples} 个例子，没有问题，用时 {time.monotonic() - began:.0f} 秒")
    return True


if __name__ == "__main__":
    sys.exit(main())
