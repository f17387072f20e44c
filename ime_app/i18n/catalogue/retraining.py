"""Hold the sentences of the window of retraining."""

from __future__ import annotations

from typing import Final

from ime_app.i18n.catalogue import Catalogue

RETRAINING: Final[Catalogue] = {
    "retrain": ("再训练", "Retrain"),
    "retrain_tip": (
        "用自己的输入记录再训练模型（{shortcut}）",
        "Retrain the model on your own phrase log ({shortcut})",
    ),
    "retrain.about": (
        "用你自己的输入记录再训练模型，全在这台电脑上进行，可以随时取消。最后的一部分记录不参加训练，用来检验：只有更好的模型才能启用。",
        "The model is retrained on your own phrase log, on this computer, and can be cancelled at any "
        "time. The last part of the log is kept apart to judge by: only a better model can be used.",
    ),
    "retrain.missing": (
        "再训练还需要这些软件包：{packages}（装好后约占 {size} MB）。"
        "在终端里运行下面这一行，装好后这里会自动继续：\n{command}",
        "Retraining needs these packages as well: {packages} (some {size} MB on the disk). Run this in a "
        "terminal; the window goes on by itself when they are there:\n{command}",
    ),
    "retrain.ready": ("软件包已经装好，可以开始了", "The packages are there; you can begin"),
    "retrain.ready.too_few": (
        "软件包已经装好，等记录够了就可以开始",
        "The packages are there; you can begin once there are phrases enough",
    ),
    "retrain.range": ("记录范围", "Days of the log"),
    "retrain.first.tip": ("从这一天起", "From this day on"),
    "retrain.last.tip": ("到这一天为止", "Up to this day"),
    "retrain.count": ("{count} 条记录", "{count} {count:phrase|phrases}"),
    "retrain.too_few": (
        "{count} 条记录，至少要 {least} 条",
        "{count} {count:phrase|phrases}, at least {least} are needed",
    ),
    "retrain.mode": ("方式", "Mode"),
    "retrain.mode.tip": ("模型的哪些部分可以改变", "Which parts of the model may change"),
    "retrain.mode=full": ("全部参数", "Everything"),
    "retrain.mode=partial": ("只训练最后几层", "The last blocks only"),
    "retrain.mode=frozen": ("冻结前几层", "The first blocks frozen"),
    "retrain.mode=low-rank": ("低秩适配（LoRA）", "Low-rank adapters (LoRA)"),
    "retrain.start": ("开始", "Start"),
    "retrain.start.tip": ("开始再训练，打字不受影响", "Begin; typing goes on meanwhile"),
    "retrain.cancel": ("取消", "Cancel"),
    "retrain.cancel.tip": ("停止再训练，一切照旧", "Stop; everything stays as it was"),
    "retrain.stage=read": ("读取记录", "Reading the log"),
    "retrain.stage=replay": ("准备一般文字", "Preparing general text"),
    "retrain.stage=train": ("训练", "Training"),
    "retrain.stage=measure": ("检验", "Judging"),
    "retrain.left_seconds": ("大约还要 {count} 秒", "about {count} {count:second|seconds} left"),
    "retrain.left_minutes": ("大约还要 {count} 分钟", "about {count} {count:minute|minutes} left"),
    "retrain.loss": ("训练损失", "loss"),
    "retrain.held_out_loss": ("检验损失", "held-out loss"),
    "retrain.better": (
        "新模型更好\n你自己后来的输入，对想要的文字的把握 {certainty_before:.1f}% → "
        "{certainty_after:.1f}%，首选正确 {before:.1f}% → {after:.1f}%；一般文字，字正确 "
        "{general_before:.1f}% → {general_after:.1f}%。用时 {seconds:.0f} 秒。",
        "The new model is better\nYour own later phrases, sure of what you wanted {certainty_before:.1f}% → "
        "{certainty_after:.1f}%, first candidate right {before:.1f}% → {after:.1f}%; general text, hanzi "
        "right {general_before:.1f}% → {general_after:.1f}%. It took {seconds:.0f} seconds.",
    ),
    "retrain.refused": (
        "新模型不够好\n{reason}。用时 {seconds:.0f} 秒。",
        "The new model is not good enough: {reason}. It took {seconds:.0f} seconds.",
    ),
    "retrain.cancelling": ("正在取消……", "Cancelling…"),
    "retrain.unused": (
        "以前训练好的一个模型没有在用：{name}。可以启用它；选“保留原来的”就删除它。",
        "A model trained earlier is not in use: {name}. You can use it now; “Keep the old one” deletes it.",
    ),
    "retrain.cancelled": ("已取消，一切照旧", "Cancelled; everything is as it was"),
    "retrain.failed": ("没有成功，一切照旧：{reason}", "That failed; everything is as it was: {reason}"),
    "retrain.killed": (
        "没有成功，一切照旧：训练进程被系统结束，可能是内存不够",
        "That failed; everything is as it was: the system ended the process, perhaps for want of memory",
    ),
    "retrain.examples": ("变了的例子", "What changed"),
    "retrain.keys": ("拼音", "Keys"),
    "retrain.wanted": ("想要的", "Wanted"),
    "retrain.before": ("原来的首选", "First before"),
    "retrain.after": ("现在的首选", "First now"),
    "retrain.activate": ("启用新模型", "Use the new model"),
    "retrain.activate.tip": ("从现在起用新模型，随时可以退回", "From now on; you can go back at any time"),
    "retrain.keep_old": ("保留原来的", "Keep the old one"),
    "retrain.keep_old.tip": ("不用新模型，删除它", "Delete the new model"),
    "retrain.roll_back": ("退回上一个模型", "Go back"),
    "retrain.roll_back.tip": ("换回启用它之前的模型", "To the model that was in use before this one"),
    "retrain.in_use": ("正在使用：{name}", "In use: {name}"),
    "retrain.shipped": ("自带的模型", "the one that came with Moyin"),
    "retrain.activated": ("新模型已启用", "The new model is in use"),
    "retrain.kept_old": ("原来的模型继续使用", "The old model stays in use"),
    "retrain.rolled_back": ("已退回上一个模型", "The model before it is in use again"),
    "retrain.close": ("关闭", "Close"),
    "retrain.close.tip": (
        "关闭这个窗口；正在进行的再训练会取消",
        "Close; a retraining under way is cancelled",
    ),
}
