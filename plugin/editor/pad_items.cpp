#include "pad_items.h"

#include "palette.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace groovefield {

namespace {

constexpr float radius = 2.1f, plainRadius = 1.5f, rim = 0.9f;    // plain: of no label that has a colour
constexpr float fewRadius = 3.0f;
constexpr int few = 60;
const juce::Colour plain = palette::text;
constexpr float faintest = 0.22f, reach = 0.35f;    // strength that far off the slice, and beyond
constexpr float sliceStep = 0.01f;                  // less is not seen: an automated slice does not draw them all in each frame
constexpr int bands = 3;                            // nearer slices first have their room

// Which dots have taken which part of the field: squares of the room that each needs.
class Taken {
public:
    explicit Taken (juce::Rectangle<float> field)
        : origin (field.getPosition()), columns (static_cast<int> (field.getWidth() / PadItems::room) + 3),
          rows (static_cast<int> (field.getHeight() / PadItems::room) + 3), squares (static_cast<std::size_t> (columns * rows))
    {
    }

    bool take (juce::Point<float> at)
    {
        const auto x = static_cast<int> ((at.x - origin.x) / PadItems::room) + 1, y = static_cast<int> ((at.y - origin.y) / PadItems::room) + 1;
        for (int j = y - 1; j <= y + 1; ++j)
            for (int i = x - 1; i <= x + 1; ++i)
                for (const auto& other : square (i, j))
                    if (other.getDistanceFrom (at) < PadItems::room)
                        return false;
        square (x, y).push_back (at);
        return true;
    }

private:
    std::vector<juce::Point<float>>& square (int x, int y)
    {
        return squares[static_cast<std::size_t> (std::clamp (y, 0, rows - 1) * columns + std::clamp (x, 0, columns - 1))];
    }

    juce::Point<float> origin;
    int columns, rows;
    std::vector<std::vector<juce::Point<float>>> squares;
};

} // namespace

void PadItems::setModel (std::shared_ptr<const Model> chosen)
{
    model = std::move (chosen);
    dots.clear();
    stale = true;
    rankLabels();
}

void PadItems::rankLabels()
{
    std::vector<int> counts (static_cast<std::size_t> (model->items.labels.size()));
    for (const auto& each : model->items.items)
        if (each.label >= 0)
            ++counts[static_cast<std::size_t> (each.label)];
    std::vector<std::size_t> order (counts.size());
    std::iota (order.begin(), order.end(), std::size_t { 0 });
    std::stable_sort (order.begin(), order.end(), [&] (auto a, auto b) { return counts[a] > counts[b]; });
    rank.assign (counts.size(), 0);
    for (std::size_t i = 0; i < order.size(); ++i)
        rank[order[i]] = i;
}

bool PadItems::layOut (juce::Rectangle<float> field, const Place::Spot& nowSlice)
{
    const bool sameSlice = std::equal (slice.begin() + 2, slice.end(), nowSlice.begin() + 2, [] (float a, float b) { return std::abs (a - b) < sliceStep; });
    if (! std::exchange (stale, false) && field == area && (sameSlice || latents() == 2))
        return false;
    area = field;
    slice = nowSlice;
    dots.clear();
    if (model == nullptr || field.isEmpty())
        return true;
    Taken taken (field);
    const auto& items = model->items.items;
    for (int band = bands; band > 0; --band)
        for (std::size_t i = 0; i < items.size(); ++i) {
            const auto strength = strengthOf (items[i]);
            const juce::Point<float> at { field.getX() + items[i].latent[0] * field.getWidth(), field.getBottom() - items[i].latent[1] * field.getHeight() };
            if (juce::jlimit (1, bands, static_cast<int> (std::ceil (strength * bands))) == band && taken.take (at))
                dots.push_back ({ i, at, strength });
        }
    return true;
}

int PadItems::latents() const noexcept { return model != nullptr ? model->latents : 2; }

juce::String PadItems::label (int dot) const { return model->items.labelOf (item (dot)); }

float PadItems::strengthOf (const ModelItem& each) const
{
    float square = 0.0f;
    for (std::size_t i = 2; i < static_cast<std::size_t> (latents()); ++i)
        square += (each.latent[i] - slice[i]) * (each.latent[i] - slice[i]);
    return std::max (faintest, 1.0f - std::sqrt (square) / reach * (1.0f - faintest));
}

juce::Colour PadItems::colourOf (const ModelItem& each) const
{
    // One label alone says nothing by its colour.
    if (each.label < 0 || rank.size() < 2)
        return plain;
    const auto place = rank[static_cast<std::size_t> (each.label)];
    return place < palette::labels ? palette::label (place) : plain;
}

std::vector<PadItems::Meaning> PadItems::legend() const
{
    std::vector<Meaning> all;
    if (model == nullptr || model->items.items.empty())
        return all;
    const auto& labels = model->items.labels;
    if (rank.size() > 1)
        for (std::size_t place = 0; place < std::min (rank.size(), palette::labels); ++place)
            all.push_back ({ palette::label (place), labels[static_cast<int> (std::find (rank.begin(), rank.end(), place) - rank.begin())] });
    const auto unlabelled = std::any_of (model->items.items.begin(), model->items.items.end(), [this] (const auto& each) { return colourOf (each) == plain; });
    if (unlabelled)
        all.push_back ({ plain, all.empty() ? "A groove that the model was trained on" : "Others" });
    return all;
}

int PadItems::nearest (juce::Point<float> to, float within) const
{
    int best = -1;
    auto least = within;
    for (int i = 0; i < count(); ++i)
        if (const auto away = at (i).getDistanceFrom (to); away <= least) {
            least = away;
            best = i;
        }
    return best;
}

int PadItems::towards (juce::Point<float> from, juce::Point<float> direction) const
{
    int best = -1;
    auto least = std::numeric_limits<float>::max();
    for (int i = 0; i < count(); ++i) {
        const auto way = at (i) - from;
        const auto ahead = way.x * direction.x + way.y * direction.y;
        const auto aside = std::abs (way.x * direction.y - way.y * direction.x);
        if (ahead < 1.0f || aside > ahead)
            continue;
        if (const auto cost = ahead + 2.0f * aside; cost < least) {
            least = cost;
            best = i;
        }
    }
    return best;
}

int PadItems::exactlyAt (const Place::Spot& where) const
{
    for (int i = 0; i < count(); ++i)
        if (std::equal (where.begin(), where.begin() + latents(), item (i).latent.begin(), [] (float a, float b) { return std::abs (a - b) < 1.0e-4f; }))
            return i;
    return -1;
}

void PadItems::paint (juce::Graphics& g) const
{
    for (const auto& dot : dots) {
        const auto colour = colourOf (model->items.items[dot.item]);
        const auto size = count() <= few ? fewRadius : colour == plain && rank.size() > 1 ? plainRadius : radius;
        const auto circle = [&] (float r) { return juce::Rectangle<float> (2 * r, 2 * r).withCentre (dot.at); };
        g.setColour (palette::well.withAlpha (0.55f * dot.strength));
        g.fillEllipse (circle (size + rim));
        g.setColour (colour.withMultipliedAlpha (0.92f * dot.strength));
        g.fillEllipse (circle (size));
    }
}

} // namespace groovefield
