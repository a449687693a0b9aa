"""プラグインのひな形: the smallest real plugin, the start of every new one."""
