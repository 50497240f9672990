using Ledger.V1;

namespace Ledger.Rules.Policies;

/// <summary>Policies in Chinese.</summary>
internal sealed class ChinesePolicyWords : PolicyWords
{
    public override string All => "同时满足以下各项：";
    public override string Any => "至少满足以下一项：";
    public override string Not => "不得符合以下情形：";

    public override string Or(IReadOnlyList<string> names) =>
        names.Count == 1 ? names[0] : $"{string.Join('、', names.SkipLast(1))}或{names[^1]}";

    public override string Of(PolicySubject subject) => subject == PolicySubject.Giver ? "转出方" : "接收方";

    public override string Of(Role role) =>
        role switch
        {
            V1.Role.Supervisor => "监管方",
            V1.Role.SupervisorDeputy => "监管复核人",
            V1.Role.Registrar => "登记机构",
            V1.Role.Operator => "运营方",
            V1.Role.Platform => "平台",
            V1.Role.Sponsor => "申办方",
            V1.Role.Issuer => "发行方",
            V1.Role.Participant => "参与者",
            V1.Role.Auditor => "审计方",
            V1.Role.Relayer => "代提交方",
            _ => throw new ArgumentOutOfRangeException(nameof(role), role, "No such role."),
        };

    public override string Of(AssuranceLevel level) =>
        level switch
        {
            AssuranceLevel.Low => "低",
            AssuranceLevel.Substantial => "中",
            AssuranceLevel.High => "高",
            _ => throw new ArgumentOutOfRangeException(nameof(level), level, "No such level."),
        };

    public override string Of(ClassCategory category) =>
        category switch
        {
            ClassCategory.Cultural => "文化作品",
            ClassCategory.DigitalCreative => "数字创意作品",
            ClassCategory.Consumer => "消费权益",
            ClassCategory.Brand => "品牌",
            ClassCategory.Industrial => "工业记录",
            ClassCategory.DataIp => "数据知识产权",
            ClassCategory.Certificate => "证书",
            ClassCategory.DataProduct => "数据产品",
            ClassCategory.Other => "其他",
            _ => throw new ArgumentOutOfRangeException(nameof(category), category, "No such category."),
        };

    public override string Of(AgeBand band) =>
        band switch
        {
            AgeBand.Child => "未满14周岁",
            AgeBand.Minor => "14至17周岁",
            AgeBand.Adult => "18周岁及以上",
            _ => throw new ArgumentOutOfRangeException(nameof(band), band, "No such age band."),
        };

    public override string Of(PilotState state) =>
        state switch
        {
            V1.PilotState.Running => "运行中",
            V1.PilotState.Draft => "草稿",
            V1.PilotState.Submitted => "已提交",
            V1.PilotState.UnderReview => "审查中",
            V1.PilotState.Returned => "已退回补正",
            V1.PilotState.PublicNotice => "公示中",
            V1.PilotState.Approved => "已批准",
            V1.PilotState.Suspended => "已暂停",
            V1.PilotState.Concluded => "已结束",
            V1.PilotState.Evaluated => "已评估",
            V1.PilotState.Archived => "已归档",
            V1.PilotState.Rejected => "已驳回",
            V1.PilotState.Withdrawn => "已撤回",
            V1.PilotState.Revoked => "已撤销批准",
            V1.PilotState.TerminatedBySponsor => "申办方已终止",
            V1.PilotState.Expired => "已到期",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No such state."),
        };

    public override string Role(string party, string roles) => $"{party}在本账本、本试点或本类别中具有{roles}的角色。";

    public override string Admission(string party, string level) => $"{party}的实名核验等级不低于“{level}”。";

    public override string Account(string party, bool mayBeRestricted) =>
        mayBeRestricted ? $"{party}的账户未被冻结。" : $"{party}的账户既未受限也未被冻结。";

    public override string Category(string categories) => $"通证所属类别为{categories}。";

    public override string TimeWindow(string? from, string? until, (string From, string Until)? hours)
    {
        string days = (from, until) switch
        {
            (null, null) => "",
            (not null, null) => $"自{from}起",
            (null, not null) => $"在{until}之前",
            _ => $"自{from}起至{until}之前",
        };
        string daily = hours is { } h ? $"于每日{h.From}至{h.Until}（协调世界时）之间" : "";
        string join = days.Length != 0 && daily.Length != 0 ? "，" : "";
        return days.Length + daily.Length == 0 ? "转让可在任何时间进行。" : $"转让{days}{join}{daily}进行。";
    }

    public override string FirstHold(string time) => $"转出方为首个持有人的，持有该通证须满{time}。";

    public override string Rehold(string time) => $"转出方系受让取得该通证的，持有须满{time}。";

    public override string GiftsPerDay(ulong below) =>
        $"转出方每日（协调世界时）转出本类别通证不超过{Number(below)}枚，含本次。";

    public override string Age(string party, string bands) => $"{party}经核验的年龄段为{bands}。";

    public override string ReceiverHolds(ulong below) => $"接收方持有本类别通证不超过{Number(below)}枚，含本次。";

    public override string PilotTransfersPerDay(ulong below) =>
        $"本试点每日（协调世界时）转让不超过{Number(below)}次，含本次。";

    public override string Region(string party, string regions) => $"{party}经核验所属地区为{regions}。";

    public override string Platform(string party, string dids) => $"{party}经核验所用平台为{dids}。";

    public override string PilotState(string states) => $"试点状态为{states}。";

    public override string Counterparty(string party, string dids) => $"{party}为{dids}。";

    public override string Time(ulong days, ulong hours, ulong minutes, ulong seconds)
    {
        (ulong Count, string Name)[] parts = [(days, "天"), (hours, "小时"), (minutes, "分钟"), (seconds, "秒")];
        return string.Concat(parts.Where(part => part.Count != 0).Select(part => Number(part.Count) + part.Name));
    }
}
